import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { catalogue } from "../../apps/index.ts";
import { readFacts } from "./factsFile.ts";
import { versionOf } from "./versions.ts";

export const upstreamPath = join(import.meta.dirname, "../../apps/upstream.json");

const version = z.string().regex(/^\d+(\.\d+)+$/);

const advisory = z.union([
  /** Versions before this one are affected. */
  z.strictObject({ id: z.string(), fixedIn: version }),
  /** Versions up to this one are known to be affected. The fixed version is not known. */
  z.strictObject({ id: z.string(), through: version }),
]);
export type Advisory = z.infer<typeof advisory>;

const upstreamApp = z.strictObject({
  /** The app's source repository on GitHub, as `owner/name`. */
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
  /** The container image of the app itself, without its tag. */
  image: z.string(),
  /** The newest known version of the app. */
  app: version,
  /** The newest known version of its chart. */
  chart: version,
  advisories: z.array(advisory),
});
export type UpstreamApp = z.infer<typeof upstreamApp>;

/** The apps' newest known versions, and the security advisories for the apps. */
const upstreamSchema = z.strictObject({
  refreshed: z.iso.date(),
  apps: z.record(z.string(), upstreamApp),
});
export type Upstream = z.infer<typeof upstreamSchema>;

export function readUpstream(): Upstream {
  return upstreamSchema.parse(JSON.parse(readFileSync(upstreamPath, "utf8")));
}

/** The versions that the catalogue installs. */
export interface Shipped {
  app: string;
  chart: string;
}

/**
 * What the catalogue installs, by app: the pinned version of the chart, and the app's version when the chart was last
 * rendered.
 */
export function shippedApps({ apps }: Upstream): Record<string, Shipped> {
  const facts = readFacts();
  return Object.fromEntries(
    Object.entries(catalogue).map(([name, { chart }]) => {
      const image = apps[name]?.image;
      const images = facts[name]?.workloads.flatMap(({ containers }) => containers.map((one) => one.image));
      const ours = images?.find((one) => one.startsWith(`${image}:`));
      if (ours === undefined)
        throw new Error(
          `apps/upstream.json: ${name}: image: no container of apps/facts/${name}.json has ${image}`,
        );
      return [name, { app: versionOf(ours.slice(ours.lastIndexOf(":"))), chart: chart.version }];
    }),
  );
}
