import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const directory = join(import.meta.dirname, "../../apps/facts");

const date = z.iso.date();
const version = z.string().regex(/^\d+\.\d+\.\d+$/);

const probe = z.strictObject({
  /** What the probe checks: an HTTP path with its port, a TCP port, or a command. */
  asks: z.string(),
  timeoutSeconds: z.int(),
  periodSeconds: z.int(),
  failureThreshold: z.int(),
});

const container = z.strictObject({
  name: z.string(),
  image: z.string(),
  init: z.literal(true).optional(),
  memory: z.strictObject({ request: z.string().optional(), limit: z.string().optional() }),
  probes: z.partialRecord(z.enum(["startup", "readiness", "liveness"]), probe).optional(),
});

const workload = z.strictObject({
  kind: z.enum(["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"]),
  name: z.string(),
  strategy: z.string().optional(),
  /** Names of its persistent volume claims. */
  claims: z.array(z.string()),
  containers: z.array(container),
});

const service = z.strictObject({
  name: z.string(),
  headless: z.literal(true).optional(),
  ports: z.array(z.strictObject({ port: z.int(), targetPort: z.union([z.string(), z.int()]) })),
});

/**
 * A value's effect on the rendered objects: it `changes` them, is `required` (the chart refuses to render without it),
 * or does `nothing`, which is a mistake in the catalogue.
 */
const effect = z.enum(["changes", "required", "nothing"]);
export type Effect = z.infer<typeof effect>;

/** What a chart last rendered from our values, as written by `npm run facts`. */
const factsSchema = z.strictObject({
  /** The chart that was rendered. */
  chart: z.strictObject({ name: z.string(), version }),
  /** A version that was not rendered but is assumed to be equal, and why. */
  standsFor: z.strictObject({ version, because: z.string().min(20) }).optional(),
  compared: date,
  services: z.array(service),
  workloads: z.array(workload),
  values: z.record(z.string(), effect),
});
export type Facts = z.infer<typeof factsSchema>;
export type Workload = z.infer<typeof workload>;
export type Container = z.infer<typeof container>;
export type Probe = z.infer<typeof probe>;

export function factsPath(app: string): string {
  return join(directory, `${app}.json`);
}

/** The facts of each app that has a facts file. */
export function readFacts(): Record<string, Facts> {
  const apps = readdirSync(directory).map((file) => file.replace(/\.json$/, ""));
  return Object.fromEntries(
    apps.map((app) => [app, factsSchema.parse(JSON.parse(readFileSync(factsPath(app), "utf8")))]),
  );
}
