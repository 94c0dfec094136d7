import { readFunction } from "../../../../components/state/stateReader.ts";
import { runProgram } from "../engine.ts";
import type { StandIn } from "../engine.ts";

/** An engine with these resources in the stack's state. */
export function engineWith(...resources: Record<string, object>[]): StandIn {
  return { call: { [readFunction]: () => ({ outputs: Object.assign({}, ...resources) as object }) } };
}

/** A resource in the engine's format. */
export function inState(type: string, name: string, outputs: object): Record<string, object> {
  return { [`urn:pulumi:prod::mynodeone::${type}::${name}`]: { type, outputs } };
}

/** The result of a function in a program whose stack has these resources. */
export async function among<T>(resources: Record<string, object>, ask: () => T | Promise<T>): Promise<T> {
  return (await runProgram(ask, engineWith(resources))).result;
}

/** The SDK's store of a run. */
interface Store {
  settings: { options: object };
}

/** Calls a function with another store instead of the run's. */
export function withStore<T>(change: (store: Store) => object, call: () => T): T {
  const store = globalStore as Store;
  return asyncLocalStorage.run({ ...store, ...change(store) }, call);
}

/**
 * Calls a function as the engine calls hooks and transforms under the Automation API: outside of the run, in a store that
 * knows neither the run's engine nor what it supports.
 */
export function outsideTheRun<T>(call: () => T): T {
  return withStore(
    ({ settings }) => ({
      settings: {
        ...settings,
        options: { ...settings.options, stack: "outside", monitorAddr: undefined },
        monitor: undefined,
      },
      supportsSecrets: false,
    }),
    call,
  );
}
