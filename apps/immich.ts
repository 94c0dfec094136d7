import type { AppDefinition } from "./definition.ts";
import { valueAt } from "./values.ts";

/**
 * Immich, photos and videos: https://immich.app
 *
 * The chart brings neither a database nor a volume for the photos, on purpose. Before the first `pulumi up`:
 *
 * - a PersistentVolumeClaim `immich-library` in the namespace `immich` (or another one, named in `values`);
 * - PostgreSQL 14 or newer with VectorChord (`ghcr.io/immich-app/postgres`, or CloudNativePG), and in `values`
 *   how to reach it. The password belongs in a Kubernetes Secret that the values only refer to:
 *
 * ```yaml
 * immich:
 *   values:
 *     controllers: { main: { containers: { main: { env: {
 *       DB_HOSTNAME: immich-database,
 *       DB_USERNAME: immich,
 *       DB_DATABASE_NAME: immich,
 *       DB_PASSWORD: { valueFrom: { secretKeyRef: { name: immich-database, key: password } } } } } } } }
 * ```
 *
 * Values: https://github.com/immich-app/immich-charts/blob/main/charts/immich/values.yaml
 */
export const immich: AppDefinition = {
  proxyPort: 8080,
  service: { name: "immich-server", port: 80 },
  chart: { name: "oci://ghcr.io/immich-app/immich-charts/immich", version: "0.12.1" },
  values: () => ({
    immich: { persistence: { library: { existingClaim: "immich-library" } } },
    valkey: { enabled: true },
    // The chart's own Service port is 2283; its target is the container's named port and stays.
    server: { service: { main: { ports: { http: { port: 80 } } } } },
  }),
  healthPath: "/api/server/ping",
  hsts: false,
  login: true,
  uploads: true,
  firstVisitorIsAdmin: true,
  notices: ({ values }) => (values && !namesDatabase(values) ? [databaseMissing] : []),
};

const env = ["controllers", "main", "containers", "main", "env"];

const databaseMissing =
  "The values name no database, and the chart brings none: Immich will not become ready. " +
  `Set ${env.join(".")}.DB_HOSTNAME (and DB_USERNAME, DB_PASSWORD, DB_DATABASE_NAME), or DB_URL.`;

/** Both places count: the variables of all of Immich's containers, and those of the server's own. */
function namesDatabase(values: Record<string, unknown>): boolean {
  return [env, ["server", ...env]].some((path) =>
    ["DB_HOSTNAME", "DB_URL", "DB_URL_FILE"].some((name) => valueAt(values, [...path, name]) !== undefined),
  );
}
