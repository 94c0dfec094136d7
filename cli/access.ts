import { readFileSync } from "node:fs";
import { clusterAccess, isClusters } from "./clusterAccess.ts";
import { loadConfig } from "../config/load.ts";
import { ConfigError } from "../config/schema/problems.ts";
import { readStackFile } from "../config/file/stackFile.ts";
import { stackFilePath } from "../config/file/stackPath.ts";

/**
 * Prints an account for the program, for `kubectl apply -f -`, with rights in the namespaces of the stack's apps; see
 * `clusterAccess`.
 *
 * @param stack a stack's name or file
 * @param directory directory of the stacks' files
 * @returns whether an account was printed
 */
export function access(stack: string, directory: string): boolean {
  const file = stackFilePath(stack, directory);
  try {
    const { apps } = loadConfig(readStackFile(readFileSync(file, "utf8")).source);
    const namespaces = apps.flatMap(({ release }) => release?.namespace ?? []);
    const clusters = namespaces.filter(isClusters);
    if (clusters.length === 0) {
      process.stdout.write(clusterAccess(namespaces));
      return true;
    }
    console.error(
      `${stack}: an app is installed into ${clusters.join(" and ")}, whose administrator also administers the ` +
        "cluster. Move it into a namespace of its own (service.namespace), or keep the administrator's kubeconfig.",
    );
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (!isAbsent && !(error instanceof ConfigError)) throw error;
    console.error(isAbsent ? `${file}: no such file` : (error as Error).message);
  }
  return false;
}
