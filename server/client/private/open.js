/** The form that opens a private room: game, terms and access. */

import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { ApiError, api } from "../api.js";
import { onText } from "../dom.js";
import { number } from "../format.js";
import { html } from "../html.js";
import { keepInvite } from "../invites.js";
import { doorPath } from "../next_page.js";
import { navigate } from "../router.js";
import { inOurWords } from "../served.js";
import { texts } from "../texts.js";
import { useAnswer } from "../ui/answer.js";
import { Field, Form } from "../ui/form.js";
import { Failed } from "../ui/list.js";
import { wire } from "../wire.js";
import { LONGEST_DELAY_S, optionsOf, PARTS, requestOf, typedOption, usualSeats } from "./terms.js";

/** @typedef {import("./terms.js").Option} Option */
/** @typedef {import("../http.d.ts").GameView} GameView */

const t = texts.private.form;

export const title = () => texts.private.open;

/** Replaces the server's messages about options, which use the game's units. @param {unknown} error */
function inWords(error) {
  if (!(error instanceof ApiError)) return error;
  if (error.code === "limit_exceeded") return new Error(t.tooMany);
  const errors = error.errors.map((each) =>
    each.field.startsWith("options.") ? { ...each, message: t.notHere } : each,
  );
  return new ApiError(error.status, { ...error.body, errors }, error.retryAfter);
}

/** @param {GameView} game @param {Record<string, string>} values */
async function open(game, values) {
  const { body, wrong } = requestOf(game, values);
  if (wrong.length) throw new ApiError(422, { code: "validation_failed", errors: wrong });
  try {
    const { room, invite } = await api.request("POST /rooms", { body });
    keepInvite(room, invite);
    navigate(`/rooms/${room}`);
  } catch (error) {
    throw inWords(error);
  }
}

/** A bound in display form. @param {Option} option @param {number} value */
const grouped = (option, value) => number(value / PARTS[option.unit]);

/** @param {{option: Option}} props */
function OptionField({ option }) {
  const unit = texts.private.units[option.unit];
  const bounds = t.between(grouped(option, option.min), grouped(option, option.max));
  return html`<${Field} name=${`options.${option.name}`} label=${unit ? `${option.label}, ${unit}` : option.label}
    hint=${bounds} value=${typedOption(option, option.start)} inputmode="decimal" autocomplete="off"
    amount=${option.unit === "chips" ? "chips" : option.unit === "percent" ? "%" : ""} />`;
}

/** @param {{title: string, options: Option[]}} props */
function Options({ title: words, options }) {
  if (!options.length) return null;
  return html`<fieldset class="open-part"><legend>${words}</legend>
    <div class="open-fields">
      ${options.map((option) => html`<${OptionField} key=${option.name} option=${option} />`)}</div>
  </fieldset>`;
}

/**
 * @param {{
 *   name: string,
 *   label: string,
 *   choices: Record<string, string>,
 *   chosen: import("@preact/signals").Signal<string>,
 * }} props
 */
function Choice({ name, label, choices, chosen }) {
  return html`<fieldset class="open-choice"><legend class="label">${label}</legend>
    ${Object.entries(choices).map(
      ([value, words]) => html`<label key=${value} class="open-option">
        <input type="radio" name=${name} value=${value} checked=${chosen.value === value}
          onChange=${() => (chosen.value = value)} />
        <span>${words}</span>
      </label>`,
    )}
  </fieldset>`;
}

/** @param {{game: GameView}} props */
function People({ game }) {
  const [join, watch] = [useSignal("anybody"), useSignal("everybody")];
  return html`<fieldset class="open-part"><legend>${t.people}</legend>
    ${
      game.seats === 2
        ? html`<p class="dim">${t.twoSeats}</p>`
        : html`<div class="open-fields"><${Field} name="seats" label=${t.seats} hint=${t.seatsHint(2, game.seats)}
          value=${String(usualSeats(game))} inputmode="numeric" autocomplete="off" /></div>`
    }
    <${Choice} name="join" label=${t.join} choices=${t.joins} chosen=${join} />
    <${Choice} name="watch" label=${t.watch} choices=${t.watches} chosen=${watch} />
    ${
      watch.value !== "nobody" &&
      html`<div class="open-fields wide"><${Field} name="delay" label=${`${t.delay}, ${texts.private.units.seconds}`}
        hint=${t.delayHint(LONGEST_DELAY_S)} value="0" inputmode="numeric" autocomplete="off" /></div>`
    }
  </fieldset>`;
}

/** @param {{games: GameView[], first: string | null}} props `games` is not empty */
function OpenForm({ games, first }) {
  const name = useSignal(first);
  const id = useId();
  const game = games.find((each) => each.name === name.value) ?? games[0];
  const options = optionsOf(game.options);
  return html`<${Form} onSubmit=${(/** @type {Record<string, string>} */ values) => open(game, values)}
    submit=${t.submit} label=${texts.private.open}>
    <div class="field">
      <label for=${id}>${t.game}</label>
      <select id=${id} class="input" value=${game.name}
        onChange=${onText((value) => (name.value = value))}>
        ${games.map((each) => html`<option key=${each.name} value=${each.name}>${each.title}</option>`)}
      </select>
      <p class="hint">${game.summary}</p>
    </div>
    <div key=${game.name} class="open-parts">
      <${Options} title=${t.terms} options=${options.filter((option) => option.unit !== "seconds")} />
      <${Options} title=${t.timers} options=${options.filter((option) => option.unit === "seconds")} />
      <${People} game=${game} />
    </div>
  <//>`;
}

/** @param {{first: string | null}} props */
function Games({ first }) {
  const { answer, error, load } = useAnswer("GET /games");
  if (error.value) return html`<${Failed} error=${error.value} again=${load} />`;
  if (!answer.value) return html`<p class="dim" aria-busy="true">${texts.shell.loading}</p>`;
  const games = answer.value.games.filter((game) => game.shared).map(inOurWords);
  if (!games.length) return html`<p class="dim">${t.noGames}</p>`;
  return html`<div class="surface"><${OpenForm} games=${games} first=${first} /></div>`;
}

/** @param {{route: import("../router.js").Route}} props */
export default function OpenRoom({ route }) {
  const me = wire.me.value || wire.connection.value === "connecting";
  return html`<div class="page narrow stack">
    <h1>${texts.private.open}</h1>
    <p class="dim lead">${t.lead}</p>
    ${
      me
        ? html`<${Games} first=${route.query.get("game")} />`
        : html`<div class="notice"><p>${t.signIn}</p><a class="button primary"
          href=${doorPath("/sign-in")}>${texts.shell.bar.signIn}</a></div>`
    }
  </div>`;
}
