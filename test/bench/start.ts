import { existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheRoot } from "../../lab/paths.ts";
import { lab } from "./command.ts";
import { secondsOf, type Measurement } from "./measurement.ts";

/** Beside the cache that it replaces, so that it is on the same disk. */
const coldCache = join(dirname(cacheRoot), "mynodeone-cold");

/** A new machine lacks Go's caches, too. */
const coldEnvironment = {
  XDG_CACHE_HOME: coldCache,
  GOCACHE: join(coldCache, "go-build"),
  GOMODCACHE: join(coldCache, "go-modules"),
};

export const coldStart: Measurement<"cold-start"> = {
  name: "cold-start",
  figures: {
    "cold-start": "npm start with empty caches: all programs are fetched or built",
  },
  runs: 1,
  needsLab: false,
  onRequest: true,
  prepare: removeColdLab,
  run: async () => {
    await removeColdLab();
    // Both labs would use the same network namespaces.
    await lab("down");
    return { "cold-start": await secondsOf(() => lab("up", coldEnvironment)) };
  },
  cleanUp: removeColdLab,
};

export const cachedStart: Measurement<"cached-start"> = {
  name: "cached-start",
  figures: { "cached-start": "npm start after `lab down`: programs and images are there, no lab is" },
  runs: 1,
  needsLab: false,
  run: async () => {
    await lab("down");
    return { "cached-start": await secondsOf(() => lab("up")) };
  },
};

export const warmStart: Measurement<"warm-start"> = {
  name: "warm-start",
  figures: { "warm-start": "npm start while the lab is up" },
  runs: 5,
  needsLab: true,
  run: async () => ({ "warm-start": await secondsOf(() => lab("up")) }),
};

/** Also removes the lab of an earlier, interrupted run. */
async function removeColdLab(): Promise<void> {
  if (!existsSync(coldCache)) return;
  await lab("down", coldEnvironment);
  rmSync(coldCache, { recursive: true, force: true });
}
