/**
 * Memory that a container is promised, and the most that it may take, as Kubernetes writes them: `512Mi`.
 *
 * The request keeps room on the node. The limit protects the other apps: a container that grows beyond it is
 * restarted alone, and the node does not run out. There is no limit on the processor, which would only slow an app down.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
 */
export function memory(request: string, limit: string) {
  return { requests: { memory: request }, limits: { memory: limit } } as const;
}
