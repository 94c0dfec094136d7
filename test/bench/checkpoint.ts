import { readFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../lab/paths.ts";

interface Checkpoint {
  checkpoint: { latest: { resources: { type: string; custom: boolean }[] } };
}

/** The resources of the lab's stack, without the stack itself and the providers. */
export function countResources(): { components: number; customs: number } {
  const file = join(paths.lab, "state", ".pulumi", "stacks", "mynodeone", "lab.json");
  const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as Checkpoint;
  const own = checkpoint.latest.resources.filter(
    ({ type }) => type !== "pulumi:pulumi:Stack" && !type.startsWith("pulumi:providers:"),
  );
  const customs = own.filter(({ custom }) => custom).length;
  return { customs, components: own.length - customs };
}

/** An operation that was to change nothing has changed nothing. */
export function expectNoChange(changes: Record<string, number | undefined>): void {
  const others = Object.keys(changes).filter((change) => change !== "same" && change !== "read");
  if (others.length > 0) throw new Error(`this was to change nothing, and did ${JSON.stringify(changes)}`);
}
