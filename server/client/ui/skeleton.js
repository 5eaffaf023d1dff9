/** The skeleton of a page, while its data is on the way. */

import { html } from "../html.js";
import { skeletonOf } from "../skeletons.js";
import { texts } from "../texts.js";

/** @param {{of: string}} props */
export const Skeleton = ({ of }) =>
  html`<div class="skeleton-frame" dangerouslySetInnerHTML=${{ __html: skeletonOf(of, texts.shell.loading) }}></div>`;
