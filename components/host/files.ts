import { shellCommand } from "./quote.ts";

/** Shell text that makes the file hold exactly `content` (ending in one newline), replaced atomically. */
export function putFile(path: string, mode: string, content: string): string {
  return shellCommand("put", path, mode, content.replace(/\n$/, ""));
}

/** Shell text that removes these files. */
export function removeFiles(...paths: string[]): string {
  return shellCommand("rm", "-f", ...paths);
}

/** A file of environment variables below `~/.mynodeone` in the SSH user's home. */
export interface UserEnvFile {
  /** The user who owns it. */
  user: string;
  /** Its name, e.g. `proxy-ports.env`. */
  name: string;
}

/**
 * Shell text that makes `line` the file's only one for `key`. Other users' files lose theirs: the stack may have logged
 * in with another account before.
 */
export function setEnvLine(file: UserEnvFile, key: string, line: string): string {
  return [
    locate(file),
    `env_set "$env_file" ${shellCommand(file.user, key, line)}`,
    `env_unset_elsewhere "$env_file" ${shellCommand(file.name, key)}`,
  ].join("\n");
}

/** Shell text that removes the file's lines for `key`; a file without lines is removed. */
export function unsetEnvLine(file: UserEnvFile, key: string): string {
  return `${locate(file)}\nenv_unset "$env_file" ${shellCommand(file.user, key)}`;
}

/** The script runs as root, so `~` would be root's home. */
function locate(file: UserEnvFile): string {
  return `env_file=$(getent passwd ${shellCommand(file.user)} | cut -d: -f6)/.mynodeone/${shellCommand(file.name)}`;
}

/** Shell text that makes `rules` the only UFW rules with this comment; an empty list removes all. */
export function ufwOnly(comment: string, rules: string[] = []): string {
  return shellCommand("ufw_only", comment, ...rules);
}
