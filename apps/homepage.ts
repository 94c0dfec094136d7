import { appTemplate, mountedIn, probes, stableNames, volume, webService } from "./appTemplate.ts";
import type { AppDefinition } from "./definition.ts";
import { memory } from "./memory.ts";

const port = 3000;

/**
 * Homepage, a page of links and widgets: https://gethomepage.dev
 *
 * It has no login. On the internet it needs one at the edge: `basicAuth: true` or a middleware. It writes sample files
 * into its volume, to be edited there. Values can provide the files instead:
 *
 * ```yaml
 * homepage:
 *   values:
 *     configMaps: { files: { data: { services.yaml: "- Media: [{ Jellyfin: { href: https://media.example.com } }]" } } }
 *     persistence:
 *       files: { type: configMap, identifier: files, globalMounts: [{ path: /app/config/services.yaml, subPath: services.yaml }] }
 * ```
 *
 * Values: https://github.com/bjw-s-labs/helm-charts/blob/main/charts/library/common/values.yaml
 */
export const homepage: AppDefinition = {
  proxyPort: 8083,
  service: { name: "homepage", port: 80 },
  chart: appTemplate,
  values: ({ hosts, internet, tailnetHosts, proxyPort, timeZone }) => ({
    global: stableNames,
    controllers: {
      homepage: {
        containers: {
          homepage: {
            image: { repository: "ghcr.io/gethomepage/homepage", tag: "v1.12.3" },
            env: {
              TZ: timeZone,
              HOMEPAGE_ALLOWED_HOSTS: internet ? hosts.join(",") : inTailnet(tailnetHosts, proxyPort),
            },
            // The vendor gives no figure. It is one Node process that stores only caches.
            resources: memory("128Mi", "512Mi"),
            // The only `Host` that it always allows.
            probes: probes({ path: "/api/healthcheck", port, host: `localhost:${port}` }),
          },
        },
      },
    },
    service: { homepage: webService(port) },
    persistence: { config: volume("1Gi", mountedIn("homepage", "/app/config")) },
  }),
  healthPath: "/api/healthcheck",
  login: false,
  uploads: false,
  firstVisitorIsAdmin: false,
};

/** Without a proxy only pods reach it, by any name of their Service. */
function inTailnet(hosts: readonly string[], proxyPort: number | undefined): string {
  return proxyPort === undefined ? "*" : hosts.map((host) => `${host}:${proxyPort}`).join(",");
}
