import { appTemplate, mountedIn, probes, stableNames, volume, webService } from "./appTemplate.ts";
import type { AppDefinition } from "./definition.ts";

const port = 80;

/**
 * Audiobookshelf, audiobooks and podcasts: https://www.audiobookshelf.org
 *
 * It takes the client's address from the edge's headers, and needs no setting for it.
 *
 * Values: https://github.com/bjw-s-labs/helm-charts/blob/main/charts/library/common/values.yaml
 */
export const audiobookshelf: AppDefinition = {
  proxyPort: 8086,
  service: { name: "audiobookshelf", port: 80 },
  chart: appTemplate,
  values: ({ timeZone }) => ({
    global: stableNames,
    controllers: {
      audiobookshelf: {
        containers: {
          audiobookshelf: {
            image: { repository: "ghcr.io/advplyr/audiobookshelf", tag: "2.36.0" },
            env: { TZ: timeZone },
            probes: probes({ path: "/healthcheck", port }),
          },
        },
      },
    },
    service: { audiobookshelf: webService(port) },
    persistence: {
      config: volume("2Gi", mountedIn("audiobookshelf", "/config")),
      metadata: volume("10Gi", mountedIn("audiobookshelf", "/metadata")),
      audiobooks: volume("100Gi", mountedIn("audiobookshelf", "/audiobooks")),
      podcasts: volume("50Gi", mountedIn("audiobookshelf", "/podcasts")),
    },
  }),
  healthPath: "/healthcheck",
  hsts: false,
  login: true,
  uploads: true,
  firstVisitorIsAdmin: true,
};
