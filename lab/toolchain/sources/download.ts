import { createWriteStream, mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { runCommand } from "../command.ts";
import { ToolchainError } from "../errors.ts";
import { linkFromTree, verifyChecksum } from "../files.ts";
import type { InstallContext, Origin, Program } from "../program.ts";

const probeMilliseconds = 2_000;
const reachable = new Map<string, Promise<boolean>>();

/** Whether the vendor's host answers. Each host is probed once, however many programs it has. */
export async function isDownloadable({ download }: Program): Promise<boolean> {
  if (!download) return false;
  const { origin } = new URL(download.url);
  let answer = reachable.get(origin);
  if (!answer) {
    answer = probe(download.url);
    reachable.set(origin, answer);
  }
  return answer;
}

async function probe(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(probeMilliseconds) });
    return response.ok;
  } catch {
    return false;
  }
}

export async function installDownload(
  name: string,
  program: Program,
  directory: string,
  context: InstallContext,
): Promise<Origin> {
  const { download, version, commands } = program;
  if (!download) throw new ToolchainError(`${name}: its entry in lab/toolchain/programs.ts has no download.`);
  const { url, sha256 } = download;
  const archive = join(directory, basename(new URL(url).pathname));
  const tree = join(directory, "tree");
  mkdirSync(tree);
  context.report(`downloading ${url}`);
  await fetchFile(name, url, archive, context.signal);
  await verifyChecksum(name, archive, url, sha256);
  await runCommand("tar", ["-xzf", archive, "-C", tree, "--no-same-owner"], context);
  rmSync(archive);
  linkFromTree(name, directory, tree, commands);
  return { from: "download", what: url, version };
}

async function fetchFile(name: string, url: string, file: string, signal?: AbortSignal): Promise<void> {
  try {
    const response = await fetch(url, { signal });
    if (!response.ok || !response.body) throw new Error(`HTTP status ${response.status}`);
    await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
  } catch (error) {
    signal?.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new ToolchainError(`${name}: ${url} could not be downloaded: ${reason}. Run the command again.`, {
      cause: error,
    });
  }
}
