import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { paths, projectRoot } from "../paths.ts";
import type { GoSource, Program } from "./program.ts";
import { programOf, type ProgramName } from "./programs.ts";

/** The directory of a program with this version and recipe, installed or not. */
export function installDirectory(name: ProgramName): string {
  const program = programOf(name);
  return join(paths.tools, `${name}-${program.version}-${recipeHash(program)}`);
}

/** The directory of the CNI plugins, for containerd's `bin_dir`. */
export function cniDirectory(): string {
  return join(installDirectory("cni-plugins"), "bin");
}

export function moduleDirectory(source: GoSource, tools = join(projectRoot, "tools")): string {
  return join(tools, source.module);
}

/** The arguments of `go build` without output and package. */
export function goFlags(source: GoSource): string[] {
  const variables = Object.entries(source.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  return [
    "-trimpath",
    "-mod=readonly",
    "-buildvcs=false",
    ...(source.inline === false ? ["-gcflags=all=-l"] : []),
    `-ldflags=${["-s -w", ...variables].join(" ")}`,
  ];
}

/** A digest of everything that determines the result, so that a changed recipe never uses an old one. */
export function recipeHash({ version, commands, download, source }: Program, tools?: string): string {
  const hash = createHash("sha256").update(JSON.stringify({ version, commands, download, source }));
  if (source.kind === "go") {
    const directory = moduleDirectory(source, tools);
    hash.update(JSON.stringify(goFlags(source)));
    for (const file of readdirSync(directory).sort()) {
      if (/^go\.(mod|sum)$|\.go$/.test(file))
        hash.update(`\0${file}\0`).update(readFileSync(join(directory, file)));
    }
  }
  if (source.kind === "debian") hash.update(debianRelease());
  return hash.digest("hex").slice(0, 12);
}

/** A package needs the libraries of its Debian release, so it is downloaded again after an upgrade of the machine. */
function debianRelease(): string {
  try {
    return /^VERSION_CODENAME=(.*)$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "";
  } catch {
    return "";
  }
}
