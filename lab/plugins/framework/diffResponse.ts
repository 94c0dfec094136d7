import providerMessages from "@pulumi/pulumi/proto/provider_pb.js";
import type { DiffResponse } from "@pulumi/pulumi/proto/provider_pb.js";
import { concerns, diffProperties, type Change } from "./diff.ts";
import type { Properties } from "./properties.ts";

const { PropertyDiff } = providerMessages;
const kinds = {
  add: [PropertyDiff.Kind.ADD, PropertyDiff.Kind.ADD_REPLACE],
  delete: [PropertyDiff.Kind.DELETE, PropertyDiff.Kind.DELETE_REPLACE],
  update: [PropertyDiff.Kind.UPDATE, PropertyDiff.Kind.UPDATE_REPLACE],
} as const satisfies Record<Change["kind"], readonly [number, number]>;

/** The engine's answer to "what would change, and is an update enough?" */
export function diffResponse(olds: Properties, news: Properties, replaceOn: readonly string[]): DiffResponse {
  const response = new providerMessages.DiffResponse();
  const changes = diffProperties(olds, news);
  const { DiffChanges } = providerMessages.DiffResponse;
  response.setChanges(changes.length > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE);
  response.setHasdetaileddiff(true);
  for (const { path, kind } of changes) {
    const replaces = replaceOn.some((property) => concerns(path, property));
    const detail = new PropertyDiff();
    detail.setKind(kinds[kind][replaces ? 1 : 0]);
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(path, detail);
    response.addDiffs(path);
    if (replaces) response.addReplaces(path);
  }
  return response;
}
