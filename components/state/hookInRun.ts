import { AsyncResource } from "node:async_hooks";

/**
 * A hook bound to the run that created it. The engine calls hooks outside of any run. With the Automation API, where
 * each run has a separate store, an unbound hook finds neither its stack nor the engine.
 *
 * Proof in the lab: `test/lab/proofs/interrupted/cutOff.test.ts`, whose program runs by the Automation API.
 */
export function hookInRun<Args extends unknown[], Result>(
  hook: (...args: Args) => Result,
): (...args: Args) => Result {
  return AsyncResource.bind(hook);
}
