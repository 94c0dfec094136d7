import { readFileSync } from "node:fs";
import { domain } from "../../topology.ts";
import { parseOptions } from "../commandLine.ts";
import { serve } from "../httpService.ts";
import { createTailscale } from "./app.ts";
import { tokenFile } from "./credentials.ts";

/**
 * `node main.ts --listen IP:PORT --headscale URL --headscale-key-file FILE --tokens-file FILE
 *  [--ca-file FILE] [--tailnet NAME] [--user NAME]`
 */
const options = parseOptions(
  ["listen", "headscale", "headscale-key-file", "tokens-file"],
  ["ca-file", "tailnet", "user"],
);
const app = createTailscale({
  headscale: {
    url: options.headscale,
    apiKey: readFileSync(options["headscale-key-file"], "utf8").trim(),
    ca: options["ca-file"] === undefined ? undefined : readFileSync(options["ca-file"], "utf8"),
  },
  tokens: tokenFile(options["tokens-file"]),
  tailnet: options.tailnet ?? `tail.${domain}`,
  user: options.user ?? "lab",
});
await serve(app, options.listen);
