import { savedState } from "../../lab/state.ts";

/** The resources of the lab's stack, without the stack itself and the providers. */
export function countResources(): { components: number; customs: number } {
  const own = savedState().resources.filter(
    ({ type }) => type !== "pulumi:pulumi:Stack" && !type.startsWith("pulumi:providers:"),
  );
  const customs = own.filter(({ custom }) => custom).length;
  return { customs, components: own.length - customs };
}

/** Throws if an operation has changed anything. */
export function expectNoChange(changes: Record<string, number | undefined>): void {
  const others = Object.keys(changes).filter((change) => change !== "same" && change !== "read");
  if (others.length > 0) throw new Error(`this was to change nothing, and did ${JSON.stringify(changes)}`);
}
