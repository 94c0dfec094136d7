import { getDnsRecords } from "@pulumi/cloudflare/getDnsRecords.js";
import * as pulumi from "@pulumi/pulumi";
import { recordComment } from "../names.ts";
import { nameFilter, toAscii } from "./recordName.ts";
import { resourcesInState } from "../state/index.ts";

/**
 * Adopts a record that an interrupted run of this stack created but did not record in the state: Cloudflare would
 * refuse a second one like it. The engine imports it, and then changes what differs.
 *
 * A record is adopted only if it has this stack's own comment, and only if the state has none like it under any name.
 * One in the state would be removed later, as the replaced record.
 *
 * @see https://www.pulumi.com/docs/iac/concepts/resources/options/import/
 */
export async function adoptRecord({
  type,
  props,
  opts,
}: pulumi.ResourceTransformArgs): Promise<pulumi.ResourceTransformResult | undefined> {
  // A preview makes no more API calls than it must.
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
  await pulumi.log.info(`${name}: adopts the record left by an interrupted run`);
  return { props, opts: pulumi.mergeOptions(opts, { import: `${zoneId}/${left.id}` }) };
}

/** Whether Cloudflare treats both as the same record, of which it allows one. */
export function isSameRecord(props: Record<string, unknown>, recorded: Record<string, unknown>): boolean {
  return toAscii(String(recorded.name)) === props.name && recorded.content === props.content;
}
