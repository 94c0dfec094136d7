import type { AppDefinition } from "./definition.ts";
import { drawnOnce, secretManifest, showSecret } from "./drawnSecret.ts";
import { memory } from "./memory.ts";
import { valueAt } from "./values.ts";

const admin = { secret: "gitea-admin", user: "gitea-admin" } as const;

/**
 * Gitea, a forge for Git: https://about.gitea.com
 *
 * It is one process with SQLite instead of the chart's cluster of databases and caches. Sign-up is disabled; the
 * release generates the administrator's password. Git uses HTTPS only, not SSH.
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
    // The chart's Service is headless by default: its name resolves to the pod, which does not listen on port 80.
    service: { http: { port: 80, clusterIP: "" } },
    // "2 CPU cores and 1GB RAM is typically sufficient for small teams" (https://docs.gitea.com). The limit is twice
    // that, since Git packs repositories in the same container.
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
      // A password that the administrator changes stays changed.
      admin: { existingSecret: admin.secret, email: `admin@${host}`, passwordMode: "initialOnlyNoReset" },
      config: {
        database: { DB_TYPE: "sqlite3" },
        server: {
          // The default is the Service's port, which Gitea's user may not bind.
          HTTP_PORT: 3000,
          DOMAIN: host,
          ROOT_URL: `${url}/`,
          DISABLE_SSH: true,
          LFS_START_SERVER: true,
        },
        service: { DISABLE_REGISTRATION: true },
        // Browsers do not send a secure cookie over plain HTTP, so nobody could log in. The chart keeps sessions in
        // memory by default, and each restart would log everybody out.
        session: { PROVIDER: "file", PROVIDER_CONFIG: "/data/gitea/sessions", COOKIE_SECURE: internet },
        security: {
          // Number of trusted proxy entries at the end of `X-Forwarded-For`. With 0 the header is ignored.
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
