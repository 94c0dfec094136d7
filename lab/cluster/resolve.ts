/**
 * Asks one name server for the address of one name: `node resolve.ts 10.43.0.10 kubernetes.default.svc…`. It is a
 * separate program because it has to run in the cluster's network namespace.
 */
import { Resolver } from "node:dns/promises";

const [server = "", name = ""] = process.argv.slice(2);
const resolver = new Resolver({ timeout: 500, tries: 1 });
resolver.setServers([server]);
try {
  console.log((await resolver.resolve4(name)).join("\n"));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
