import { readFileSync } from "node:fs";
import { parseOptions } from "../commandLine.ts";
import { serve } from "../httpService.ts";
import { createCloudflare } from "./app.ts";
import { labZone } from "./labZone.ts";
import { RecordStore } from "./store.ts";

/**
 * `node main.ts --listen IP:PORT --token-file FILE --state DIRECTORY --zone-file FILE
 *  [--rate-limit REQUESTS/SECONDS]`
 */
const options = parseOptions(["listen", "token-file", "state", "zone-file"], ["rate-limit"]);
const store = new RecordStore({
  stateDirectory: options.state,
  zoneFile: options["zone-file"],
  base: labZone,
});
const token = readFileSync(options["token-file"], "utf8").trim();
await serve(
  createCloudflare({ token, store, rateLimit: parseRateLimit(options["rate-limit"]) }),
  options.listen,
);

function parseRateLimit(text: string | undefined): { limit: number; window: number } | undefined {
  if (text === undefined) return undefined;
  const [limit, window] = text.split("/").map(Number);
  if (limit && window && limit > 0 && window > 0) return { limit, window };
  throw new Error(`--rate-limit: "${text}" is not REQUESTS/SECONDS, such as 1200/300`);
}
