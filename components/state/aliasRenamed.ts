import * as pulumi from "@pulumi/pulumi";
import { recordedResources } from "./stateReader.ts";
import { transformInRun } from "./transformInRun.ts";

/**
 * A transform by which a resource that the state has under another name goes on under its new one. To the engine
 * another name is another resource: it would make the thing, which is there, and then remove it as the old one's.
 *
 * @param isSame whether what the state has of a resource is the thing that is asked for
 * @see https://www.pulumi.com/docs/iac/concepts/resources/options/aliases/
 */
export function keepRenamed(
  isSame: (props: Record<string, unknown>, recorded: Record<string, unknown>) => boolean,
): pulumi.ResourceTransform {
  return transformInRun(async ({ type, name, props, opts }) => {
    const known = (await recordedResources(type)) ?? [];
    if (known.some(({ urn }) => urn.endsWith(`::${name}`))) return undefined;
    const former = known.find(({ outputs }) => isSame(props, outputs));
    return former && { props, opts: pulumi.mergeOptions(opts, { aliases: [former.urn] }) };
  });
}
