import { valkeyContainer, volume, type Mounts } from "./appTemplate.ts";
import type { AppDefinition } from "./definition.ts";
import { drawnOnce, keep } from "./drawnSecret.ts";
import { memory } from "./memory.ts";
import { valueAt } from "./values.ts";

const database = "immich-database";
const library = "immich-library";

/**
 * Immich, photos and videos: https://immich.app
 *
 * The chart brings no database and no volume for the photos. Both are added through the library chart that it is
 * made of: PostgreSQL with VectorChord as one more controller of the server's, with a password that the release
 * draws, and the volume as a claim. Behind a proxy on a private address it needs no setting; behind a CDN its log
 * shows the CDN's address, unless `IMMICH_TRUSTED_PROXIES` lists the CDN's networks:
 * https://docs.immich.app/install/environment-variables/
 *
 * `docs/apps.md` shows the values for a library and a database of one's own.
 *
 * Values: https://github.com/immich-app/immich-charts/blob/main/charts/immich/values.yaml, and below `server`
 * https://github.com/bjw-s-labs/helm-charts/blob/main/charts/library/common/values.yaml
 */
export const immich: AppDefinition = {
  proxyPort: 8080,
  service: { name: "immich-server", port: 80 },
  chart: { name: "oci://ghcr.io/immich-app/immich-charts/immich", version: "0.12.1" },
  values: ({ timeZone }) => ({
    immich: { persistence: { library: { existingClaim: library } } },
    // Of the server and of machine learning: the chart's own is older than its security fixes.
    controllers: { main: { containers: { main: { image: { tag: "v3.3.5" } } } } },
    server: {
      controllers: {
        main: {
          strategy: "Recreate",
          containers: {
            main: {
              env: { TZ: timeZone, ...databaseClient },
              resources: memory("1Gi", largestPart),
              probes: patientProbes,
            },
          },
        },
        database: databaseController,
      },
      service: {
        // With a second Service the chart would rename its own.
        main: { forceRename: "immich-server", ports: { http: { port: 80 } } },
        database: {
          forceRename: database,
          controller: "database",
          ports: { postgres: { port: 5432 } },
        },
      },
      persistence: {
        // What the chart calls `data` is the library: for the server alone.
        data: { advancedMounts: { main: { main: [{ path: "/data" }] } } },
        database: { ...volume("10Gi", inPostgres("/var/lib/postgresql")), forceRename: database },
        // PostgreSQL's parallel workers share memory; a pod has 64 MB of it otherwise.
        memory: {
          type: "emptyDir",
          medium: "Memory",
          sizeLimit: "128Mi",
          advancedMounts: inPostgres("/dev/shm"),
        },
      },
      secrets: {
        database: {
          forceRename: database,
          annotations: { ...keep },
          // The checksum would be one of yet another draw.
          includeInChecksum: false,
          stringData: { password: drawnOnce(database, "password") },
        },
      },
      rawResources: { library: { forceRename: library, manifest: claim("100Gi") } },
    },
    // Queued jobs and downloaded models survive a restart.
    valkey: {
      enabled: true,
      controllers: { main: { containers: { main: { resources: valkeyContainer.resources } } } },
      persistence: { data: { type: "persistentVolumeClaim" } },
    },
    "machine-learning": {
      controllers: {
        main: {
          strategy: "Recreate",
          containers: { main: { resources: memory("512Mi", largestPart), probes: patientProbes } },
        },
      },
      persistence: { cache: { type: "persistentVolumeClaim", accessMode: "ReadWriteOnce" } },
    },
  }),
  healthPath: "/api/server/ping",
  login: true,
  uploads: true,
  firstVisitorIsAdmin: true,
  notices: ({ release }) => (release && !hasDatabase(release.values) ? [databaseMissing] : []),
  nextSteps: ({ internet, url }) =>
    internet
      ? [
          `Enter ${url} in Immich's phone app, and under Administration > Settings > Server Settings as the external ` +
            "domain, so that shared links lead there.",
        ]
      : [],
};

const password = { valueFrom: { secretKeyRef: { name: database, key: "password" } } };

const databaseClient = {
  DB_HOSTNAME: database,
  DB_USERNAME: "immich",
  DB_DATABASE_NAME: "immich",
  DB_PASSWORD: password,
};

/** Immich recommends 8 GB for all its parts: https://docs.immich.app/install/requirements. No part takes more than half. */
const largestPart = "4Gi";

/** The chart's 1 s is too short for a server that converts a film, or looks for faces. */
const patientProbes = {
  startup: { spec: { timeoutSeconds: 5 } },
  readiness: { spec: { timeoutSeconds: 5 } },
  liveness: { spec: { timeoutSeconds: 5 } },
};

const pgReady = {
  enabled: true,
  custom: true,
  spec: {
    exec: { command: ["pg_isready", "--username=immich", "--dbname=immich"] },
    periodSeconds: 10,
    timeoutSeconds: 5,
  },
};

const databaseController = {
  containers: {
    postgres: {
      // Immich's own. Only the combinations in this list are still built:
      // https://github.com/immich-app/base-images/blob/main/postgres/versions.yaml
      image: { repository: "ghcr.io/immich-app/postgres", tag: "18-vectorchord1.1.1-pgvector0.8.5" },
      // The image's configuration takes 512 MB for shared buffers alone; /dev/shm counts as well.
      resources: memory("768Mi", "2Gi"),
      env: {
        PGDATA: "/var/lib/postgresql/18/docker",
        POSTGRES_USER: "immich",
        POSTGRES_DB: "immich",
        POSTGRES_PASSWORD: password,
        POSTGRES_INITDB_ARGS: "--data-checksums",
      },
      probes: { readiness: pgReady },
    },
  },
};

function inPostgres(path: string): Mounts {
  return { database: { postgres: [{ path }] } };
}

/** The library's volume: not one of the chart's own, since those are mounted as well as made. */
function claim(storage: string) {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { annotations: { ...keep } },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
  };
}

const databaseMissing =
  "The values name no database: Immich will not become ready. " +
  "Set server.controllers.main.containers.main.env.DB_HOSTNAME (and DB_USERNAME, DB_PASSWORD, DB_DATABASE_NAME), or DB_URL.";

/** Both places count: the variables of all of Immich's containers, and those of the server's own. */
function hasDatabase(values: Record<string, unknown>): boolean {
  const env = ["controllers", "main", "containers", "main", "env"];
  return [env, ["server", ...env]].some((path) =>
    ["DB_HOSTNAME", "DB_URL", "DB_URL_FILE"].some((name) => valueAt(values, [...path, name]) !== undefined),
  );
}
