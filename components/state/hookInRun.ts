import { AsyncResource } from "node:async_hooks";

/**
 * A hook that keeps the run in which it was made. The engine calls hooks from outside of any run. With the Automation API,
 * where each run has a store of its own, an unbound hook finds neither its stack nor the engine.
 *
 * Proof in the lab: `test/lab/proofs/interrupted/cutOff.test.ts`, whose program runs by the Automation API.
 */
export function hookInRun<Args extends unknown[], Result>(
  hook: (...args: Args) => Result,
): (...args: Args) => Result {
  return AsyncResource.bind(hook);
}
