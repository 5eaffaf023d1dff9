/** The drawing of QR codes: a reader finds the address in it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeQR } from "qr";
import decodeQR from "qr/decode.js";
import { pathOf } from "../../server/client/ui/qr_code.js";

const SCALE = 4;

/** Paint the rectangles of a path, black on white, as a camera would see them. */
function paint(path, side) {
  const width = side * SCALE;
  const data = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
    for (let row = 0; row < SCALE; row += 1)
      for (let column = 0; column < Number(length) * SCALE; column += 1) {
        const pixel = (Number(y) * SCALE + row) * width + Number(x) * SCALE + column;
        data.fill(0, pixel * 4, pixel * 4 + 3);
      }
  return { data, width, height: width };
}

test("a reader finds the address in the picture", () => {
  for (const address of [
    "http://10.0.0.7:9000/join/K7XW2P",
    `https://play.example/rooms/holdem-1?invite=${"x".repeat(22)}`,
  ]) {
    const modules = encodeQR(address, "raw", { border: 4 });
    assert.equal(decodeQR(paint(pathOf(modules), modules.length)), address);
  }
});

test("a path has one rectangle for each run of dark modules in a row", () => {
  const [dark, light] = [true, false];
  const path = pathOf([
    [dark, dark, light, dark],
    [light, light, light, light],
    [light, dark, dark, light],
  ]);
  assert.equal(path, "M0 0h2v1h-2zM3 0h1v1h-1zM1 2h2v1h-2z");
});
