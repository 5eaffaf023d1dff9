/** `html` turns tagged templates into Preact elements. */

import htm from "htm";
import { h } from "preact";

/** @type {(strings: TemplateStringsArray, ...values: any[]) => import("preact").VNode} */
export const html = /** @type {any} */ (htm.bind(/** @type {any} */ (h)));
