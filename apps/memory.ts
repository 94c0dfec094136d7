/**
 * A container's memory request and limit, as Kubernetes quantities: `512Mi`.
 *
 * The request reserves memory on the node. The limit protects the other apps: only a container that exceeds it is
 * restarted. There is no CPU limit, because one would slow the app down and protect nobody.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
 */
export function memory(request: string, limit: string) {
  return { requests: { memory: request }, limits: { memory: limit } } as const;
}
