import type { AppDefinition } from "./definition.ts";
import { memory } from "./memory.ts";

/**
 * A chart for apps that have none of their own, or none that is kept up:
 * https://github.com/bjw-s-labs/helm-charts/tree/main/charts/other/app-template
 *
 * It stops a pod before it starts the next one, as a volume for one node and databases in files need it.
 */
export const appTemplate: AppDefinition["chart"] = {
  name: "oci://ghcr.io/bjw-s-labs/helm/app-template",
  version: "5.0.1",
};

/**
 * Calls a resource after the release and its own key, and just after the release where the two are the same.
 * By default only the first of a kind goes by the release's name, until there is a second.
 */
export const stableNames = { alwaysAppendIdentifierToResourceName: true } as const;

/** Where a volume appears: by controller, then by container. */
export type Mounts = Record<string, Record<string, readonly { path: string; subPath?: string }[]>>;

/** A volume that outlives the release. `size` as Kubernetes writes it: `10Gi`. */
export function volume(size: string, advancedMounts: Mounts) {
  return { accessMode: "ReadWriteOnce", size, retain: true, advancedMounts };
}

/** Kept in the release's one container of this name, at a path each. */
export function mountedIn(name: string, path: string): Mounts {
  return { [name]: { [name]: [{ path }] } };
}

export interface HttpProbe {
  path: string;
  /** The container's. */
  port: number;
  /** Sent along, for an app that asks for a certain `Host`. @default the pod's address and port */
  host?: string;
}

/** The container gets ten minutes to start, and no requests until it answers. */
export function probes({ path, port, host }: HttpProbe) {
  const httpHeaders = host === undefined ? {} : { httpHeaders: [{ name: "Host", value: host }] };
  const probe = (failureThreshold: number) => ({
    enabled: true,
    custom: true,
    spec: { httpGet: { path, port, ...httpHeaders }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold },
  });
  return { startup: probe(60), readiness: probe(3), liveness: probe(6) };
}

/** Service port 80, whatever the container's. */
export function webService(targetPort: number) {
  return { ports: { http: { port: 80, ...(targetPort === 80 ? {} : { targetPort }) } } };
}

/** Valkey, the queue and cache of several apps: https://valkey.io. It holds job queues of one household in memory. */
export const valkeyContainer = {
  image: { repository: "docker.io/valkey/valkey", tag: "9.1.0-alpine" },
  resources: memory("64Mi", "256Mi"),
} as const;
