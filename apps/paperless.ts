import {
  appTemplate,
  mountedIn,
  probes,
  stableNames,
  valkeyContainer,
  volume,
  webService,
} from "./appTemplate.ts";
import type { AppDefinition } from "./definition.ts";
import { drawnOnce, keep, showSecret } from "./drawnSecret.ts";
import { memory } from "./memory.ts";
import { valueAt } from "./values.ts";

const port = 8000;
const secret = "paperless";
const data = "/usr/src/paperless";

/**
 * Paperless-ngx, an archive for paper: https://docs.paperless-ngx.com
 *
 * It uses SQLite and Valkey. The release generates its key and the first administrator's password.
 *
 * Values: https://github.com/bjw-s-labs/helm-charts/blob/main/charts/library/common/values.yaml, and as `env`
 * https://docs.paperless-ngx.com/configuration/
 */
export const paperless: AppDefinition = {
  proxyPort: 8085,
  service: { name: "paperless", port: 80 },
  chart: appTemplate,
  values: ({ url, internet, proxies, tailnetHosts, proxyPort, timeZone }) => ({
    global: stableNames,
    controllers: {
      paperless: {
        containers: {
          paperless: {
            image: { repository: "ghcr.io/paperless-ngx/paperless-ngx", tag: "3.1.3" },
            env: {
              PAPERLESS_TIME_ZONE: timeZone,
              PAPERLESS_REDIS: "redis://paperless-valkey:6379",
              PAPERLESS_DBENGINE: "sqlite",
              PAPERLESS_SECRET_KEY: fromSecret("secret-key"),
              PAPERLESS_ADMIN_USER: "admin",
              PAPERLESS_ADMIN_PASSWORD: fromSecret("admin-password"),
              ...(internet ? behindTheEdge(url, proxies) : inTailnet(tailnetHosts, proxyPort)),
            },
            // OCR runs in the same container, on several pages at once, each as an image in memory:
            // https://docs.paperless-ngx.com/setup/#less-powerful-devices
            resources: memory("512Mi", "4Gi"),
            // The only `Host` that it always allows.
            probes: probes({ path: "/accounts/login/", port, host: "localhost" }),
          },
        },
      },
      valkey: { containers: { valkey: { ...valkeyContainer } } },
    },
    service: {
      paperless: { controller: "paperless", ...webService(port) },
      valkey: { controller: "valkey", ports: { valkey: { port: 6379 } } },
    },
    persistence: {
      data: volume("5Gi", mountedIn("paperless", `${data}/data`)),
      media: volume("50Gi", mountedIn("paperless", `${data}/media`)),
      export: volume("50Gi", mountedIn("paperless", `${data}/export`)),
      consume: volume("5Gi", mountedIn("paperless", `${data}/consume`)),
      queue: volume("1Gi", mountedIn("valkey", "/data")),
    },
    secrets: {
      [secret]: {
        annotations: { ...keep },
        // The checksum would be computed from another random value.
        includeInChecksum: false,
        stringData: {
          "secret-key": drawnOnce(secret, "secret-key", 64),
          "admin-password": drawnOnce(secret, "admin-password"),
        },
      },
    },
  }),
  healthPath: "/accounts/login/",
  login: true,
  uploads: true,
  firstVisitorIsAdmin: false,
  nextSteps: ({ namespace, release }) =>
    release && valueAt(release.values, ["secrets", secret])
      ? [`Log in as admin. The password: ${showSecret(namespace, secret, "admin-password")}`]
      : [],
};

function fromSecret(key: string) {
  return { valueFrom: { secretKeyRef: { name: secret, key } } };
}

/** Without a proxy only pods reach it, by any name of their Service. */
function inTailnet(hosts: readonly string[], proxyPort: number | undefined) {
  return proxyPort === undefined ? {} : { PAPERLESS_ALLOWED_HOSTS: hosts.join(",") };
}

/** Not in the tailnet: no proxy sets these headers there, so a client could forge them. */
function behindTheEdge(url: string, proxies: number) {
  return {
    PAPERLESS_URL: url,
    PAPERLESS_PROXY_SSL_HEADER: JSON.stringify(["HTTP_X_FORWARDED_PROTO", "https"]),
    // Failed logins are counted per address: the `X-Forwarded-For` entry at this position from the end.
    PAPERLESS_ALLAUTH_TRUSTED_PROXY_COUNT: String(proxies),
  };
}
