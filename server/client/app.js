/** The entry point: starts the theme, the router and the connection, then renders the shell. */

import { h, render } from "preact";
import { TILES } from "./faces/index.js";
import { setTiles } from "./rooms.js";
import { startRouter } from "./router.js";
import { spoken, texts } from "./texts.js";
import { startTheme } from "./theme.js";
import { Shell } from "./ui/shell.js";
import { startSpeaker } from "./ui/speaker.js";
import { startTab } from "./ui/tab.js";
import { startUpdates } from "./updates.js";
import { startWire } from "./wire.js";

startPage();
startTheme();
setTiles(TILES);
startRouter();
startWire();
startUpdates();
startSpeaker();
startTab();

/** What stands outside of the components is in the page's language, too. */
function startPage() {
  document.documentElement.lang = spoken;
  const skip = document.querySelector(".skip");
  if (skip) skip.textContent = texts.shell.skip;
}

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
root.replaceChildren();
render(h(Shell, null), root);
