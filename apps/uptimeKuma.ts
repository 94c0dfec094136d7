import type { AppDefinition } from "./definition.ts";
import { memory } from "./memory.ts";

/**
 * Uptime Kuma, which monitors other services: https://uptime.kuma.pet
 *
 * It uses SQLite. Its page is one websocket, accepted only if its origin is the page's own host.
 *
 * Values: https://github.com/dirsigler/uptime-kuma-helm/blob/main/charts/uptime-kuma/values.yaml
 */
export const uptimeKuma: AppDefinition = {
  proxyPort: 8087,
  service: { name: "uptime-kuma", port: 80 },
  chart: { name: "uptime-kuma", repository: "https://helm.irsigler.cloud", version: "4.1.0" },
  values: ({ timeZone }) => ({
    image: { tag: "2.5.6" },
    service: { port: 80 },
    // A StatefulSet: one process, and a volume that outlives the release. The Deployment's volume would not.
    useDeploy: false,
    // The vendor gives no figure. The image includes a browser, for monitors that open a page in one.
    resources: memory("128Mi", "1Gi"),
    // The chart's 1 and 2 s are too short for a busy node.
    livenessProbe: { timeoutSeconds: 5 },
    readinessProbe: { timeoutSeconds: 5 },
    podEnv: [
      { name: "TZ", value: timeZone },
      // Without it the first visitor is asked for a database.
      { name: "UPTIME_KUMA_DB_TYPE", value: "sqlite" },
    ],
  }),
  // `/` redirects to the start page that the user has set.
  healthPath: "/api/entry-page",
  login: true,
  uploads: false,
  firstVisitorIsAdmin: true,
  nextSteps: ({ internet, cdn }) => (internet ? [cdn ? trustProxyBehindCdn : trustProxy] : []),
};

const trustProxy =
  "Set Settings > Reverse Proxy > Trust Proxy to Yes, so that Uptime Kuma's log shows visitors' addresses " +
  "instead of its proxy's.";

/** It reads the first entry of `X-Forwarded-For`. Its login rate limit is shared by all visitors. */
const trustProxyBehindCdn = `${trustProxy} With \`cdn: true\` visitors can forge the address in the log.`;
