import isPlainObject from "is-plain-obj";
import { defaultControlPlaneName } from "../schema/hosts.ts";
import type { Path } from "../schema/problems.ts";
import type { ConfigSource } from "../source.ts";

/** A host as it is written. */
interface WrittenHost {
  path: Path;
  host: Record<string, unknown>;
}

/** All hosts as they are written, so that a rule finds what it looks for although a host has other problems. */
export function writtenHosts(source: ConfigSource): WrittenHost[] {
  const controlPlane = source.get("controlPlane");
  const edges = source.get("edges");
  const all = [
    {
      path: ["controlPlane"],
      // An edge may not take the name that the control plane has by default.
      host: isPlainObject(controlPlane) ? { name: defaultControlPlaneName, ...controlPlane } : controlPlane,
    },
    ...(Array.isArray(edges) ? edges : []).map((host: unknown, index) => ({ path: ["edges", index], host })),
  ];
  return all.flatMap(({ path, host }) => (isPlainObject(host) ? [{ path, host }] : []));
}
