/**
 * `npm run --silent access STACK | kubectl apply -f -`: an account in the cluster for the program, with the rights for
 * the namespaces of the stack's apps; see `clusterAccess`.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { clusterAccess } from "./clusterAccess.ts";
import { loadConfig } from "./load.ts";
import { ConfigError } from "./problems.ts";
import { readStackFile } from "./stackFile.ts";

const [stack, ...others] = process.argv.slice(2);
if (stack === undefined || others.length > 0) {
  console.error("usage: npm run --silent access STACK, such as prod");
  process.exitCode = 2;
} else {
  const file = /\.ya?ml$/.test(stack)
    ? resolve(stack)
    : join(import.meta.dirname, "..", `Pulumi.${stack}.yaml`);
  try {
    const { apps } = loadConfig(readStackFile(readFileSync(file, "utf8")).source);
    process.stdout.write(clusterAccess(apps.flatMap(({ release }) => release?.namespace ?? [])));
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (!isAbsent && !(error instanceof ConfigError)) throw error;
    console.error(isAbsent ? `${file}: there is no such file` : (error as Error).message);
    process.exitCode = 1;
  }
}
