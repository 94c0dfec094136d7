import * as pulumi from "@pulumi/pulumi";
import { resourcesInState } from "./stateReader.ts";
import { transformInRun } from "./transformInRun.ts";

/**
 * A transform that aliases a resource to one in the state that manages the same object under another name. Without the
 * alias the engine would create the existing object, and then delete it as the old resource's.
 *
 * Proof in the lab: "of the hosts' names does not affect the hosts" in `test/lab/proofs/changes.test.ts`.
 *
 * @param isSame whether a resource in the state manages the same object
 * @see https://www.pulumi.com/docs/iac/concepts/resources/options/aliases/
 */
export function aliasRenamed(
  isSame: (props: Record<string, unknown>, outputs: Record<string, unknown>) => boolean,
): pulumi.ResourceTransform {
  return transformInRun(async ({ type, name, props, opts }) => {
    const known = await resourcesInState(type);
    if (known.some((one) => one.name === name)) return undefined;
    const former = known.find(({ outputs }) => isSame(props, outputs));
    return former && { props, opts: pulumi.mergeOptions(opts, { aliases: [former.urn] }) };
  });
}
