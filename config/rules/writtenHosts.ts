import isPlainObject from "is-plain-obj";
import { defaultControlPlaneName } from "../schema/hosts.ts";
import type { Path } from "../schema/problems.ts";
import type { ConfigSource } from "../source.ts";

/** A host in the raw config. */
interface WrittenHost {
  path: Path;
  host: Record<string, unknown>;
}

/** All hosts of the raw config, so that a rule applies to a host even if it has other problems. */
export function writtenHosts(source: ConfigSource): WrittenHost[] {
  const controlPlane = source.get("controlPlane");
  const edges = source.get("edges");
  const all = [
    {
      path: ["controlPlane"],
      // An edge must not have the control plane's default name.
      host: isPlainObject(controlPlane) ? { name: defaultControlPlaneName, ...controlPlane } : controlPlane,
    },
    ...(Array.isArray(edges) ? edges : []).map((host: unknown, index) => ({ path: ["edges", index], host })),
  ];
  return all.flatMap(({ path, host }) => (isPlainObject(host) ? [{ path, host }] : []));
}
