import { appTemplate, mountedIn, probes, stableNames, volume, webService } from "./appTemplate.ts";
import type { AppDefinition } from "./definition.ts";
import { memory } from "./memory.ts";

const port = 80;

/**
 * Audiobookshelf, audiobooks and podcasts: https://www.audiobookshelf.org
 *
 * It reads the visitor's address from the first entry of `X-Forwarded-For`, which no setting changes. This is correct
 * behind the edge alone, because the edge overwrites the header.
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
            // The vendor gives no figure. A library scan runs ffprobe in the same container.
            resources: memory("128Mi", "1Gi"),
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
  login: true,
  uploads: true,
  firstVisitorIsAdmin: true,
  notices: ({ cdn }) => (cdn ? [forgeableAddress] : []),
};

const forgeableAddress =
  "With `cdn: true` visitors can forge the address that Audiobookshelf sees, so its limit of 40 logins " +
  "in ten minutes has no effect. Use long passwords, or limit requests at the edge (rateLimit).";
