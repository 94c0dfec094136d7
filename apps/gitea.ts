import type { AppDefinition } from "./definition.ts";
import { drawnOnce, secretManifest, showSecret } from "./drawnSecret.ts";
import { memory } from "./memory.ts";
import { valueAt } from "./values.ts";

const admin = { secret: "gitea-admin", user: "gitea-admin" } as const;

/**
 * Gitea, a forge for Git: https://about.gitea.com
 *
 * One process with SQLite, in place of the chart's cluster of databases and caches. Nobody can sign up; the
 * administrator's password is drawn by the release. Git goes over HTTPS: there is no way in for SSH.
 *
 * Values: https://gitea.com/gitea/helm-gitea/src/branch/main/values.yaml, and for `gitea.config`
 * https://docs.gitea.com/administration/config-cheat-sheet
 */
export const gitea: AppDefinition = {
  proxyPort: 8084,
  service: { name: "gitea-http", port: 80 },
  chart: { name: "oci://docker.gitea.com/charts/gitea", version: "12.7.0" },
  values: ({ host, url, internet, proxies, privateNetworks, timeZone }) => ({
    image: { tag: "1.27.3" },
    "postgresql-ha": { enabled: false },
    "valkey-cluster": { enabled: false },
    // SQLite and the queues on disk allow one process.
    strategy: { type: "Recreate" },
    // The chart's own is headless: its name would lead to the pod, where nothing listens on port 80.
    service: { http: { port: 80, clusterIP: "" } },
    // "2 CPU cores and 1GB RAM is typically sufficient for small teams" (https://docs.gitea.com): twice that, since
    // Git packs repositories in the same container.
    resources: memory("256Mi", "2Gi"),
    initContainers: { resources: { limits: memory("128Mi", "1Gi").limits } },
    deployment: { env: [{ name: "TZ", value: timeZone }] },
    extraDeploy: [
      secretManifest(admin.secret, { username: admin.user, password: drawnOnce(admin.secret, "password") }),
    ],
    gitea: {
      // The chart's 1 s is too short for a busy node.
      livenessProbe: { timeoutSeconds: 5 },
      readinessProbe: { timeoutSeconds: 5 },
      // A password that its owner changes stays changed.
      admin: { existingSecret: admin.secret, email: `admin@${host}`, passwordMode: "initialOnlyNoReset" },
      config: {
        database: { DB_TYPE: "sqlite3" },
        server: {
          // By default the Service's: a port that its user may not open.
          HTTP_PORT: 3000,
          DOMAIN: host,
          ROOT_URL: `${url}/`,
          DISABLE_SSH: true,
          LFS_START_SERVER: true,
        },
        service: { DISABLE_REGISTRATION: true },
        // A browser keeps a secure cookie to itself over plain HTTP, and nobody could log in.
        // The chart keeps sessions in memory, and each restart would log everybody out.
        session: { PROVIDER: "file", PROVIDER_CONFIG: "/data/gitea/sessions", COOKIE_SECURE: internet },
        security: {
          // How many entries of `X-Forwarded-For`, from its end, are proxies' own. With 0 the header is not read.
          REVERSE_PROXY_LIMIT: proxies,
          REVERSE_PROXY_TRUSTED_PROXIES: ["127.0.0.0/8", "::1/128", ...privateNetworks].join(","),
        },
      },
    },
  }),
  healthPath: "/api/healthz",
  login: true,
  uploads: true,
  firstVisitorIsAdmin: false,
  nextSteps: ({ namespace, release }) =>
    release && valueAt(release.values, ["gitea", "admin", "existingSecret"]) === admin.secret
      ? [`Log in as ${admin.user}. The password: ${showSecret(namespace, admin.secret, "password")}`]
      : [],
};
