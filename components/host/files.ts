import { shellCommand } from "./quote.ts";

/** Shell text: the file holds exactly `content` (which ends in one newline), replaced in one step. */
export function putFile(path: string, mode: string, content: string): string {
  return shellCommand("put", path, mode, content.replace(/\n$/, ""));
}

/** Shell text: none of these files is there. */
export function removeFiles(...paths: string[]): string {
  return shellCommand("rm", "-f", ...paths);
}

/** A file of environment variables below `~/.mynodeone` of the user who logs in. */
export interface UserEnvFile {
  /** The user who owns it. */
  user: string;
  /** Its name, e.g. `proxy-ports.env`. */
  name: string;
}

/**
 * Shell text: `line` is the file's only line that sets `key`, and no other user has one: the stack may have logged in
 * by another account before.
 */
export function setEnvLine(file: UserEnvFile, key: string, line: string): string {
  return [
    locate(file),
    `env_set "$env_file" ${shellCommand(file.user, key, line)}`,
    `env_unset_elsewhere "$env_file" ${shellCommand(file.name, key)}`,
  ].join("\n");
}

/** Shell text: no line of the file sets `key`; a file without lines is removed. */
export function unsetEnvLine(file: UserEnvFile, key: string): string {
  return `${locate(file)}\nenv_unset "$env_file" ${shellCommand(file.user, key)}`;
}

/** The script runs as root, so `~` would be another home. */
function locate(file: UserEnvFile): string {
  return `env_file=$(getent passwd ${shellCommand(file.user)} | cut -d: -f6)/.mynodeone/${shellCommand(file.name)}`;
}

/** Shell text: the UFW rules with this comment are these and no others (none: all are removed). */
export function ufwOnly(comment: string, rules: string[] = []): string {
  return shellCommand("ufw_only", comment, ...rules);
}
