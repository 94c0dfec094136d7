import providerMessages from "@pulumi/pulumi/proto/provider_pb.js";
import type { DiffResponse } from "@pulumi/pulumi/proto/provider_pb.js";
import type { Change } from "./diff.ts";
import type { ResourceDiff } from "./provider.ts";

const { PropertyDiff } = providerMessages;
const kinds = {
  add: [PropertyDiff.Kind.ADD, PropertyDiff.Kind.ADD_REPLACE],
  delete: [PropertyDiff.Kind.DELETE, PropertyDiff.Kind.DELETE_REPLACE],
  update: [PropertyDiff.Kind.UPDATE, PropertyDiff.Kind.UPDATE_REPLACE],
} as const satisfies Record<Change["kind"], readonly [number, number]>;

/** The engine's answer to "what would change, and is an update enough?" */
export function diffResponse({ changes, replaces, deleteBeforeReplace }: ResourceDiff): DiffResponse {
  const response = new providerMessages.DiffResponse();
  const { DiffChanges } = providerMessages.DiffResponse;
  response.setChanges(changes.length > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE);
  response.setHasdetaileddiff(true);
  response.setDeletebeforereplace(deleteBeforeReplace === true && changes.some(({ path }) => replaces(path)));
  for (const { path, kind } of changes) {
    const detail = new PropertyDiff();
    detail.setKind(kinds[kind][replaces(path) ? 1 : 0]);
    response.getDetaileddiffMap().set(path, detail);
    response.addDiffs(path);
    if (replaces(path)) response.addReplaces(path);
  }
  return response;
}
