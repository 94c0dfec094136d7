import { resolve } from "node:path";

/**
 * The file that a command's argument stands for.
 *
 * @param stack a stack's name, such as `prod`, or the file's own path
 * @param directory where the stacks' files lie
 */
export function stackFilePath(stack: string, directory: string): string {
  return /\.ya?ml$/.test(stack) ? resolve(stack) : resolve(directory, `Pulumi.${stack}.yaml`);
}
