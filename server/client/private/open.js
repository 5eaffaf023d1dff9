/** Opening a room of one's own: which game, on which terms, for whom. */

import { useEffect, useId, useState } from "preact/hooks";
import { ApiError, api } from "../api.js";
import { html } from "../html.js";
import { keepInvite } from "../invites.js";
import { navigate } from "../router.js";
import { text as shell } from "../text.js";
import { Field, Form } from "../ui/form.js";
import { signInPath } from "../ui/gate.js";
import { Failed } from "../ui/list.js";
import { wire } from "../wire.js";
import { LONGEST_DELAY_S, optionsOf, requestOf, typedOption, usualSeats } from "./terms.js";
import { text } from "./text.js";

/** @typedef {import("./terms.js").Option} Option */

const t = text.form;

export const title = () => text.open;

/** What the server says of options is in the game's own units. @param {unknown} error */
function inWords(error) {
  if (!(error instanceof ApiError)) return error;
  if (error.code === "limit_exceeded") return new Error(t.tooMany);
  const errors = error.errors.map((each) =>
    each.field.startsWith("options.") ? { ...each, message: t.notHere } : each,
  );
  return new ApiError(error.status, { ...error.extra, errors }, error.retryAfter);
}

/** @param {any} game @param {Record<string, string>} values */
async function open(game, values) {
  const { body, wrong } = requestOf(game, values);
  if (wrong.length) throw new ApiError(422, { code: "validation_failed", errors: wrong });
  try {
    const { room, invite } = await api.post("/rooms", body);
    keepInvite(room, invite);
    navigate(`/rooms/${room}`);
  } catch (error) {
    throw inWords(error);
  }
}

/** A bound, to be read. @param {Option} option @param {number} value */
const grouped = (option, value) => Number(typedOption(option, value)).toLocaleString("en");

/** @param {{option: Option}} props */
function OptionField({ option }) {
  const unit = text.units[option.unit];
  const bounds = t.between(grouped(option, option.min), grouped(option, option.max));
  return html`<${Field} name=${`options.${option.name}`} label=${unit ? `${option.label}, ${unit}` : option.label}
    hint=${bounds} value=${typedOption(option, option.start)} inputmode="decimal" autocomplete="off" />`;
}

/** @param {{title: string, options: Option[]}} props */
function Options({ title: words, options }) {
  if (!options.length) return null;
  return html`<fieldset class="open-part"><legend>${words}</legend>
    <div class="open-fields">
      ${options.map((option) => html`<${OptionField} key=${option.name} option=${option} />`)}</div>
  </fieldset>`;
}

/** @param {{name: string, label: string, choices: Record<string, string>, chosen: string, choose: (value: string) => void}} props */
function Choice({ name, label, choices, chosen, choose }) {
  return html`<fieldset class="open-choice"><legend class="label">${label}</legend>
    ${Object.entries(choices).map(
      ([value, words]) => html`<label key=${value} class="open-option">
        <input type="radio" name=${name} value=${value} checked=${chosen === value} onChange=${() => choose(value)} />
        <span>${words}</span>
      </label>`,
    )}
  </fieldset>`;
}

/** @param {{game: any}} props */
function People({ game }) {
  const [join, setJoin] = useState("anybody");
  const [watch, setWatch] = useState("everybody");
  return html`<fieldset class="open-part"><legend>${t.people}</legend>
    ${
      game.seats === 2
        ? html`<p class="dim">${t.twoSeats}</p>`
        : html`<div class="open-fields"><${Field} name="seats" label=${t.seats} hint=${t.seatsHint(2, game.seats)}
          value=${String(usualSeats(game))} inputmode="numeric" autocomplete="off" /></div>`
    }
    <${Choice} name="join" label=${t.join} choices=${t.joins} chosen=${join} choose=${setJoin} />
    <${Choice} name="watch" label=${t.watch} choices=${t.watches} chosen=${watch} choose=${setWatch} />
    ${
      watch !== "nobody" &&
      html`<div class="open-fields wide"><${Field} name="delay" label=${`${t.delay}, ${text.units.seconds}`}
        hint=${t.delayHint(LONGEST_DELAY_S)} value="0" inputmode="numeric" autocomplete="off" /></div>`
    }
  </fieldset>`;
}

/** @param {{games: any[], first: string | null}} props */
function OpenForm({ games, first }) {
  const [name, choose] = useState(games.some((game) => game.name === first) ? first : games[0].name);
  const id = useId();
  const game = games.find((each) => each.name === name);
  const options = optionsOf(game.options);
  return html`<${Form} onSubmit=${(/** @type {Record<string, string>} */ values) => open(game, values)}
    submit=${t.submit} label=${text.open}>
    <div class="field">
      <label for=${id}>${t.game}</label>
      <select id=${id} class="input" value=${name} onChange=${(/** @type {any} */ event) => choose(event.target.value)}>
        ${games.map((each) => html`<option key=${each.name} value=${each.name}>${each.title}</option>`)}
      </select>
      <p class="hint">${game.summary}</p>
    </div>
    <div key=${name} class="open-parts">
      <${Options} title=${t.terms} options=${options.filter((option) => option.unit !== "seconds")} />
      <${Options} title=${t.timers} options=${options.filter((option) => option.unit === "seconds")} />
      <${People} game=${game} />
    </div>
  <//>`;
}

/** @param {{first: string | null}} props */
function Games({ first }) {
  const [games, setGames] = useState(/** @type {any[] | null} */ (null));
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const load = () =>
    api.get("/games").then((answer) => {
      setError(null);
      setGames(answer.games.filter((/** @type {any} */ game) => game.shared));
    }, setError);
  useEffect(() => void load(), []);
  if (error) return html`<${Failed} error=${error} again=${load} />`;
  if (!games) return html`<p class="dim" aria-busy="true">${shell.loading}</p>`;
  if (!games.length) return html`<p class="dim">${t.noGames}</p>`;
  return html`<div class="surface"><${OpenForm} games=${games} first=${first} /></div>`;
}

/** @param {{route: import("../router.js").Route}} props */
export default function OpenRoom({ route }) {
  const me = wire.me.value || wire.connection.value === "connecting";
  return html`<div class="page narrow stack">
    <h1>${text.open}</h1>
    <p class="dim lead">${t.lead}</p>
    ${
      me
        ? html`<${Games} first=${route.query.get("game")} />`
        : html`<div class="notice"><p>${t.signIn}</p><a class="button primary"
          href=${signInPath()}>${shell.bar.signIn}</a></div>`
    }
  </div>`;
}
