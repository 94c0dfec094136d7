import { build, type OutputFile } from "esbuild";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { paths, projectRoot } from "../paths.ts";
import { versionFile } from "./framework/version.ts";

/** The packages with a stand-in. Each has a folder with its name beside this file, and an SDK in its own package. */
const plugins = {
  command: { kind: "resource", sdk: "command" },
  kubernetes: { kind: "resource", sdk: "kubernetes" },
  cloudflare: { kind: "resource", sdk: "cloudflare" },
  tailscale: { kind: "resource", sdk: "tailscale" },
  nodejs: { kind: "language", sdk: "pulumi" },
} as const;

export type PluginName = keyof typeof plugins;

export const pluginNames = Object.keys(plugins) as PluginName[];

export interface InstallOptions {
  /** `PULUMI_HOME` of the engine that uses the plugins. @default paths.pulumiHome */
  pulumiHome?: string;
  /** The user's own Pulumi home. @default PULUMI_HOME, or ~/.pulumi */
  usersHome?: string;
}

export interface InstalledPlugin {
  name: PluginName;
  version: string;
  /** The executable that the engine runs, in its own folder. */
  executable: string;
  /** `official`: an existing plugin, left unchanged. `unchanged`: the same stand-in was installed already. */
  outcome: "official" | "installed" | "unchanged";
}

/** Distinguishes a stand-in's directory from an official plugin's, and one build from the next. */
const digestFile = "stand-in.sha256";

/** Installs the stand-in plugins where the engine looks for them, unless an official one is available. */
export async function installPlugins(options: InstallOptions = {}): Promise<InstalledPlugin[]> {
  const pulumiHome = options.pulumiHome ?? paths.pulumiHome;
  const usersHome = options.usersHome ?? process.env.PULUMI_HOME ?? join(homedir(), ".pulumi");
  return Promise.all(pluginNames.map((name) => installPlugin(name, pulumiHome, usersHome)));
}

/** The package whose provider a command line runs, official or stand-in. */
export function packageOf(commandLine: string): string | undefined {
  return /(?:\/plugins\/|\bpulumi-)resource-(\w+)/.exec(commandLine)?.[1];
}

async function installPlugin(
  name: PluginName,
  pulumiHome: string,
  usersHome: string,
): Promise<InstalledPlugin> {
  const { kind, sdk } = plugins[name];
  const version = await sdkVersion(sdk);
  const file = `pulumi-${kind}-${name}`;
  const folder = join("plugins", `${kind}-${name}-v${version}`);
  const directory = join(pulumiHome, folder);
  const executable = join(directory, file);
  const plugin = { name, version, executable };
  const installedDigest = await readFile(join(directory, digestFile), "utf8").catch(() => undefined);
  const official = existsSync(executable) && installedDigest === undefined;
  if (official || isOnPath(file)) return { ...plugin, outcome: "official" };
  const theirs = join(usersHome, folder);
  if (existsSync(join(theirs, file)) && !existsSync(join(theirs, digestFile))) {
    await linkFiles(theirs, directory);
    return { ...plugin, outcome: "official" };
  }

  const files = new Map((await bundled(name)).map((file) => [file.path, file.contents]));
  files.set(versionFile, Buffer.from(`${version}\n`));
  files.set(file, Buffer.from(wrapper(process.execPath)));
  const digest = digestOf(files);
  if (installedDigest === digest) return { ...plugin, outcome: "unchanged" };

  await replaceDirectory(directory, files.set(digestFile, Buffer.from(digest)), file);
  return { ...plugin, outcome: "installed" };
}

/** The version that the SDK requests from the engine. */
async function sdkVersion(name: string): Promise<string> {
  const path = join(projectRoot, "node_modules", "@pulumi", name, "package.json");
  const manifest = JSON.parse(await readFile(path, "utf8")) as {
    version: string;
    pulumi?: { version?: string };
  };
  return manifest.pulumi?.version ?? manifest.version;
}

function isOnPath(executable: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((entry) => existsSync(join(entry, executable)));
}

interface BundledFile {
  path: string;
  contents: Uint8Array;
}

/** Bundled once for each process, since the sources do not change while it runs. */
const bundles = new Map<PluginName, Promise<BundledFile[]>>();

function bundled(name: PluginName): Promise<BundledFile[]> {
  const files = bundles.get(name) ?? bundle(name);
  bundles.set(name, files);
  return files;
}

/** Plain JavaScript in chunks: lazily loaded modules stay separate files. */
async function bundle(name: PluginName): Promise<BundledFile[]> {
  const { outputFiles } = await build({
    absWorkingDir: projectRoot,
    entryPoints: { main: join(import.meta.dirname, name, "main.ts") },
    outdir: "/",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    write: false,
    logLevel: "error",
    // Optional native modules of ssh2.
    external: ["cpu-features", "*.node"],
    // Bundled CommonJS modules use globals that ES modules lack.
    banner: {
      js: [
        'import { createRequire as $createRequire } from "node:module";',
        "const require = $createRequire(import.meta.url), __dirname = import.meta.dirname;",
      ].join("\n"),
    },
  });
  return outputFiles.map((file: OutputFile) => ({
    path: file.path.replace(/^\//, ""),
    contents: file.contents,
  }));
}

/** The script that the engine starts. It runs this Node, whatever the program's PATH is. */
function wrapper(node: string): string {
  return `#!/bin/sh\nexec '${node.replaceAll("'", "'\\''")}' "\${0%/*}/main.mjs" "$@"\n`;
}

function digestOf(files: ReadonlyMap<string, Uint8Array>): string {
  const hash = createHash("sha256");
  for (const [path, contents] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${path}\0${contents.length}\0`).update(contents);
  }
  return hash.digest("hex");
}

/** A folder of links, because the engine ignores a link in place of the folder. */
async function linkFiles(from: string, directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  for (const file of await readdir(from)) await symlink(join(from, file), join(directory, file));
}

/** The directory is written under another name first, so it never exists incomplete. */
async function replaceDirectory(
  directory: string,
  files: ReadonlyMap<string, Uint8Array>,
  executable: string,
): Promise<void> {
  const staging = `${directory}.${process.pid}.new`;
  await mkdir(staging, { recursive: true });
  for (const [path, contents] of files) await writeFile(join(staging, path), contents);
  await chmod(join(staging, executable), 0o755);
  await rm(directory, { recursive: true, force: true });
  await rename(staging, directory);
}
