/**
 * `npm run --silent access STACK | kubectl apply -f -`: an account in the cluster for the program, with the rights for
 * the namespaces of the stack's apps; see `clusterAccess`.
 */
import { readFileSync } from "node:fs";
import { clusterAccess, isClusters } from "./clusterAccess.ts";
import { loadConfig } from "../config/load.ts";
import { ConfigError } from "../config/schema/problems.ts";
import { readStackFile } from "../config/file/stackFile.ts";
import { stackFilePath } from "../config/file/stackPath.ts";

const [stack, ...others] = process.argv.slice(2);
if (stack === undefined || others.length > 0) {
  console.error("usage: npm run --silent access STACK, such as prod");
  process.exitCode = 2;
} else {
  const file = stackFilePath(stack);
  try {
    const { apps } = loadConfig(readStackFile(readFileSync(file, "utf8")).source);
    const namespaces = apps.flatMap(({ release }) => release?.namespace ?? []);
    const clusters = namespaces.filter(isClusters);
    if (clusters.length > 0) {
      console.error(
        `${stack}: an app is installed into ${clusters.join(" and ")}, whose administrator also administers the ` +
          "cluster. Move it into a namespace of its own (service.namespace), or keep the administrator's kubeconfig.",
      );
      process.exitCode = 1;
    } else process.stdout.write(clusterAccess(namespaces));
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (!isAbsent && !(error instanceof ConfigError)) throw error;
    console.error(isAbsent ? `${file}: no such file` : (error as Error).message);
    process.exitCode = 1;
  }
}
