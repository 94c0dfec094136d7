import { join, resolve } from "node:path";

/** The folder with the stacks' files. */
export const project = resolve(import.meta.dirname, "../..");

/** The file that a command's argument stands for. @param stack a stack's name, such as `prod`, or the file's own path */
export function stackFilePath(stack: string): string {
  return /\.ya?ml$/.test(stack) ? resolve(stack) : join(project, `Pulumi.${stack}.yaml`);
}
