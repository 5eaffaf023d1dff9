/** A component's HTTP answer: asked for when the component appears, kept until something newer is known. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api } from "../api.js";

/** @typedef {import("../http.d.ts").HttpCalls} HttpCalls */

/**
 * `answer` and `error` are signals, null until known. `load` asks again; `skip` asks nothing.
 * @template {keyof HttpCalls} C
 * @param {C} call
 * @param {import("../shapes.d.ts").HttpArgs<C>[0]} [args]
 * @param {{skip?: boolean}} [options]
 */
export function useAnswer(call, args, { skip = false } = {}) {
  const answer = useSignal(/** @type {HttpCalls[C]["answer"] | null} */ (null));
  const error = useSignal(/** @type {unknown} */ (null));
  const load = async () => {
    const rest = /** @type {import("../shapes.d.ts").HttpArgs<C>} */ ([args]);
    try {
      answer.value = await api.request(call, ...rest);
      error.value = null;
    } catch (problem) {
      error.value = problem;
    }
  };
  useEffect(() => {
    if (!skip) void load();
  }, [call, JSON.stringify(args)]);
  return { answer, error, load };
}
