/**
 * A container's memory request and limit, as Kubernetes quantities: `512Mi`.
 *
 * The request reserves memory on the node. The limit protects the other apps: a container that exceeds it is restarted
 * alone, before the node runs out. There is no CPU limit, which would only slow an app down.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
 */
export function memory(request: string, limit: string) {
  return { requests: { memory: request }, limits: { memory: limit } } as const;
}
