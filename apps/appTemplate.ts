import type { AppDefinition } from "./definition.ts";
import { memory } from "./memory.ts";

/**
 * A generic chart, for apps without a maintained chart:
 * https://github.com/bjw-s-labs/helm-charts/tree/main/charts/other/app-template
 *
 * It stops a pod before it starts the next one, as single-node volumes and databases in files require.
 */
export const appTemplate: AppDefinition["chart"] = {
  name: "oci://ghcr.io/bjw-s-labs/helm/app-template",
  version: "5.0.1",
};

/**
 * Names each resource `RELEASE-KEY`, or `RELEASE` where both are the same. By default the first resource of a kind is
 * named after the release alone, and renamed when a second one is added.
 */
export const stableNames = { alwaysAppendIdentifierToResourceName: true } as const;

/** Where a volume is mounted: by controller, then by container. */
export type Mounts = Record<string, Record<string, readonly { path: string; subPath?: string }[]>>;

/** A volume that outlives the release. `size` is a Kubernetes quantity: `10Gi`. */
export function volume(size: string, advancedMounts: Mounts) {
  return { accessMode: "ReadWriteOnce", size, retain: true, advancedMounts };
}

/** Mounts the volume at `path` in the release's only container, which has this name. */
export function mountedIn(name: string, path: string): Mounts {
  return { [name]: { [name]: [{ path }] } };
}

export interface HttpProbe {
  path: string;
  /** The container's port. */
  port: number;
  /** `Host` header of the probe, for an app that checks it. @default the pod's address and port */
  host?: string;
}

/** The container has ten minutes to start, and gets no requests until it answers. */
export function probes({ path, port, host }: HttpProbe) {
  const httpHeaders = host === undefined ? {} : { httpHeaders: [{ name: "Host", value: host }] };
  const probe = (failureThreshold: number) => ({
    enabled: true,
    custom: true,
    spec: { httpGet: { path, port, ...httpHeaders }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold },
  });
  return { startup: probe(60), readiness: probe(3), liveness: probe(6) };
}

/** A Service at port 80, whatever the container's port. */
export function webService(targetPort: number) {
  return { ports: { http: { port: 80, ...(targetPort === 80 ? {} : { targetPort }) } } };
}

/** Valkey, the queue and cache of several apps: https://valkey.io. It holds one household's job queues in memory. */
export const valkeyContainer = {
  image: { repository: "docker.io/valkey/valkey", tag: "9.1.0-alpine" },
  resources: memory("64Mi", "256Mi"),
} as const;
