/** The page starts here: theme, connection, router, then the shell and in it the page that the address names. */

import { h, render } from "preact";
import { TILES } from "./faces/index.js";
import { setTiles } from "./rooms.js";
import { startRouter } from "./router.js";
import { startTheme } from "./theme.js";
import { Shell } from "./ui/shell.js";
import { startWire } from "./wire.js";

startTheme();
setTiles(TILES);
startRouter();
startWire();

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
root.replaceChildren();
render(h(Shell, null), root);
