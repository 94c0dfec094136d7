import { getDnsRecords } from "@pulumi/cloudflare/getDnsRecords.js";
import * as pulumi from "@pulumi/pulumi";
import { recordComment } from "../names.ts";
import { nameFilter, toAscii } from "./recordName.ts";
import { resourcesInState } from "../state/index.ts";

/**
 * Takes over a record that an earlier run of this stack made and, cut off, did not write down:
 * Cloudflare would refuse a second one like it. The engine imports it, and then changes what differs.
 *
 * Only a record with this stack's own comment is taken, and only if the state has none like it, by
 * whatever name: one that is in the state would be removed later, as the one replaced.
 *
 * @see https://www.pulumi.com/docs/iac/concepts/resources/options/import/
 */
export async function adoptRecord({
  type,
  props,
  opts,
}: pulumi.ResourceTransformArgs): Promise<pulumi.ResourceTransformResult | undefined> {
  // A preview shows what the program says, and asks nobody more than it must.
  if (pulumi.runtime.isDryRun()) return undefined;
  const { zoneId, name } = props as Record<"zoneId" | "name", string>;
  const known = await resourcesInState(type);
  if (known.some(({ outputs }) => isSameRecord(props, outputs))) return undefined;
  const { results } = await getDnsRecords({
    zoneId,
    type: "A",
    ...nameFilter("exact", name),
    comment: { exact: recordComment(pulumi.getStack()) },
    maxItems: 10_000,
  });
  const left = results.find((record) => isSameRecord(props, { ...record }));
  if (left === undefined) return undefined;
  await pulumi.log.info(`${name}: takes over the record that an interrupted run has left`);
  return { props, opts: pulumi.mergeOptions(opts, { import: `${zoneId}/${left.id}` }) };
}

/** Whether Cloudflare would take them for the same record, of which it has one only. */
export function isSameRecord(props: Record<string, unknown>, recorded: Record<string, unknown>): boolean {
  return toAscii(String(recorded.name)) === props.name && recorded.content === props.content;
}
