/** Run by `npm run lint`: the lock file pins every package by a checksum, and every package comes from a registry. */
import { readFileSync } from "node:fs";
import { normalize } from "node:path/posix";

/** The entry of one package in `package-lock.json`. */
interface LockedPackage {
  version?: string;
  /** Its source; omitted for the registry that npm is configured with. */
  resolved?: string;
  /** Its checksum. Without one, npm installs whatever the registry sends. */
  integrity?: string;
  /** Whether it is a link to the folder that `resolved` names. */
  link?: boolean;
  /** Of the project itself: the folders of the project that it links to. */
  workspaces?: string[];
}

/**
 * A lock file, as far as it matters here. The package of the path `""` is the project itself; a workspace has its
 * folder's path, and every package from elsewhere one with `node_modules/` in it.
 */
export interface LockFile {
  packages: Record<string, LockedPackage>;
}

/**
 * One sentence for each package that an attacker could replace unnoticed.
 *
 * @see https://docs.npmjs.com/cli/configuring-npm/package-lock-json
 */
export function weaknessesOf({ packages }: LockFile): string[] {
  const workspaces = packages[""]?.workspaces ?? [];
  return Object.entries(packages)
    .filter(([path]) => /(^|\/)node_modules\//.test(path))
    .flatMap(([path, { integrity, link = false, resolved = "" }]) => {
      if (link && workspaces.includes(normalize(resolved))) return [];
      if (link)
        return [
          `${path} links to ${resolved}, which is not a workspace. Add it to package.json's workspaces.`,
        ];
      if (resolved !== "")
        return [`${path} comes from ${resolved}. Install a release of it, by \`npm install NAME@VERSION\`.`];
      if (!/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ""))
        return [
          `${path} has no SHA-512 \`integrity\`. Delete the lock file and node_modules, then run npm install.`,
        ];
      return [];
    });
}

if (import.meta.main) {
  const weaknesses = weaknessesOf(JSON.parse(readFileSync("package-lock.json", "utf8")) as LockFile);
  for (const weakness of weaknesses) console.error(`package-lock.json: ${weakness}`);
  if (weaknesses.length > 0) process.exitCode = 1;
}
