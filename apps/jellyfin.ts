import type { AppDefinition } from "./definition.ts";
import { keep } from "./drawnSecret.ts";
import { memory } from "./memory.ts";

/**
 * Jellyfin, films and music: https://jellyfin.org
 *
 * Values for an existing folder of films:
 *
 * ```yaml
 * jellyfin:
 *   values: { persistence: { media: { type: hostPath, hostPath: /srv/films } } }
 * ```
 *
 * Values: https://github.com/jellyfin/jellyfin-helm/blob/master/charts/jellyfin/values.yaml
 */
export const jellyfin: AppDefinition = {
  proxyPort: 8081,
  service: { name: "jellyfin", port: 80 },
  chart: { name: "jellyfin", repository: "https://jellyfin.github.io/jellyfin-helm", version: "3.2.0" },
  values: ({ timeZone }) => ({
    image: { tag: "10.11.11" },
    service: { port: 80 },
    // The vendor's figures are for whole machines
    // (https://jellyfin.org/docs/general/administration/hardware-selection/). Most of it is for ffmpeg, which
    // transcodes films in the same container.
    resources: memory("512Mi", "4Gi"),
    // Kubernetes' default of 1 s is too short for a node that transcodes a film.
    startupProbe: { timeoutSeconds: 5 },
    livenessProbe: { timeoutSeconds: 5 },
    readinessProbe: { timeoutSeconds: 5 },
    // Its database allows one process.
    deploymentStrategy: { type: "Recreate" },
    jellyfin: { env: [{ name: "TZ", value: timeZone }] },
    persistence: {
      config: { size: "10Gi", annotations: { ...keep } },
      media: { size: "100Gi", annotations: { ...keep } },
      // Images and transcoded segments, removed with the release.
      cache: { enabled: true, size: "20Gi" },
    },
  }),
  healthPath: "/health",
  login: true,
  uploads: false,
  firstVisitorIsAdmin: true,
  nextSteps: ({ internet, cdn, k3sPods }) => (internet ? [knownProxies(cdn, k3sPods)] : []),
};

function knownProxies(cdn: boolean, k3sPods: string): string {
  return (
    "Jellyfin sees all visitors as one device until it knows its proxies: enter the cluster's pod network " +
    `(${k3sPods} with k3s)${cdn ? " and Cloudflare's networks (https://www.cloudflare.com/ips/)" : ""} ` +
    "under Dashboard > Networking > Known proxies, and restart Jellyfin. Dashboard > Activity shows the " +
    "address that it sees until then."
  );
}
