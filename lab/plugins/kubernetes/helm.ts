import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { open, unlink, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface HelmCall {
  /** The program's path, or its name on the PATH. */
  program: string;
  /** Arguments, without those for cluster, namespace and values. */
  args: readonly string[];
  namespace: string;
  /** A kubeconfig's text. */
  kubeconfig: string;
  /** Chart values, passed in a file: they may contain secrets, and arguments appear in the process list. */
  values?: unknown;
  /** Ends helm with SIGTERM, and it then records the release as failed. @default helm runs to its end */
  signal?: AbortSignal;
}

/** A failed call of helm, with its output. */
export class HelmError extends Error {
  /** Whether helm knows no such release. */
  get notFound(): boolean {
    return this.message.includes("release: not found");
  }

  /** Whether an install found a release with the same name and did nothing. */
  get nameInUse(): boolean {
    return this.message.includes("cannot re-use a name that is still in use");
  }
}

/** The official plugin runs helm in its own process, so killing the plugin ends helm at once, too. @see setpriv(1) */
const dieTogether = ["--pdeathsig=KILL", "--"];

/** Runs helm (https://helm.sh/docs/helm/) and returns its standard output. */
export async function helm(call: HelmCall): Promise<string> {
  const files = [await namelessFile(call.kubeconfig)];
  try {
    const args = [...call.args, "--namespace", call.namespace];
    if (call.values !== undefined) {
      args.push("--values", inherited(files.length));
      files.push(await namelessFile(JSON.stringify(call.values)));
    }
    return await runHelm(call.program, args, files, call.signal);
  } finally {
    for (const file of files) await file.close();
  }
}

/**
 * Only processes that hold the file open can read it, and it disappears with the last of them, even if that is killed.
 */
async function namelessFile(text: string): Promise<FileHandle> {
  const path = join(tmpdir(), `mynodeone-helm-${randomUUID()}`);
  const file = await open(path, "wx+", 0o600);
  await unlink(path);
  await file.writeFile(text);
  return file;
}

/** The path by which helm opens an inherited file: these follow the three standard streams. */
function inherited(index: number): string {
  return `/dev/fd/${3 + index}`;
}

function runHelm(
  program: string,
  args: readonly string[],
  files: readonly FileHandle[],
  signal: AbortSignal | undefined,
): Promise<string> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn("setpriv", [...dieTogether, program, ...args], {
      env: { ...process.env, KUBECONFIG: inherited(0) },
      stdio: ["ignore", "pipe", "pipe", ...files.map(({ fd }) => fd)],
    });
    const terminate = () => child.kill("SIGTERM");
    signal?.addEventListener("abort", terminate, { once: true });
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", (error) => {
      reject(new HelmError(`helm could not be run: ${error.message}`));
    });
    child.on("close", (code) => {
      signal?.removeEventListener("abort", terminate);
      if (code === 0) resolve(stdout);
      else
        reject(new HelmError(reasonOf(stderr) || `helm ${args[0] ?? ""} ended with status ${String(code)}`));
    });
  });
}

/** The last lines of helm's output, without the prefix that marks an error. */
function reasonOf(stderr: string): string {
  const start = stderr.lastIndexOf("Error: ");
  const text = start < 0 ? stderr : stderr.slice(start + "Error: ".length);
  return text.replace(/^(INSTALLATION|UPGRADE) FAILED: /, "").trim();
}
