import { resolve } from "node:path";

/**
 * The file of a command's argument.
 *
 * @param stack a stack's name, such as `prod`, or the file's path
 * @param directory directory of the stacks' files
 */
export function stackFilePath(stack: string, directory: string): string {
  return /\.ya?ml$/.test(stack) ? resolve(stack) : resolve(directory, `Pulumi.${stack}.yaml`);
}
