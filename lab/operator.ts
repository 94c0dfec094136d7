/** Runs the program as its operator does, from the laptop in the home LAN: each operation is a separate process. */
import { execa } from "execa";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { workDir } from "./engine.ts";
import { paths } from "./paths.ts";
import { insideNetwork } from "./run.ts";
import type { StackRequest, StackResult } from "./stack.ts";

const program = join(import.meta.dirname, "operate.ts");

/** A failed operation; the message is what the engine printed, without the stack's outputs. */
export class OperationError extends Error {
  override name = "OperationError";
}

/** A running operation. */
export interface StackOperation {
  /** The process of the program; the engine is its child, and the provider plugins are children of the engine. */
  pid: number;
  result: Promise<StackResult>;
}

/** Starts an operation on the lab's stack. */
export function startStack(
  request: StackRequest,
  onOutput: (text: string) => void = () => undefined,
): StackOperation {
  forgetLastRequest();
  const [command, args] = insideNetwork("laptop", [process.execPath, program]);
  const child = execa(command, args, {
    input: JSON.stringify(request),
    env: { NODE_COMPILE_CACHE: paths.compiled },
    reject: false,
    buffer: true,
  });
  child.stderr.setEncoding("utf8").on("data", onOutput);
  if (child.pid === undefined) throw new OperationError(`${command} could not be started`);
  const result = child.then(({ exitCode, stdout, stderr }) => {
    if (exitCode !== 0)
      throw new OperationError(`${request.operation} failed:\n${withoutOutputs(stderr)}${advice(stderr)}`);
    mkdirSync(workDir, { recursive: true });
    writeFileSync(lastRequestFile, digestOf(request));
    return JSON.parse(stdout) as StackResult;
  });
  return { pid: child.pid, result };
}

const lastRequestFile = join(workDir, "last-request");

/** Whether the last operation on the stack was this one and succeeded. */
export function wasLast(request: StackRequest): boolean {
  return existsSync(lastRequestFile) && readFileSync(lastRequestFile, "utf8") === digestOf(request);
}

export function forgetLastRequest(): void {
  rmSync(lastRequestFile, { force: true });
}

/** A request may contain secrets. */
function digestOf(request: StackRequest): string {
  return createHash("sha256").update(JSON.stringify(request)).digest("hex");
}

/** Runs an operation on the lab's stack to its end. */
export async function runStack(
  request: StackRequest,
  onOutput: (text: string) => void = () => undefined,
): Promise<StackResult> {
  return startStack(request, onOutput).result;
}

/** The stack's outputs do not describe the failure, and are longer than everything else. */
function withoutOutputs(text: string): string {
  return text.replace(/^Outputs:\n(?: .*\n|\n)*(?=Resources:$)/gm, "");
}

/** Adds how to follow the engine's advice in a lab, which the engine cannot know. */
function advice(output: string): string {
  if (!output.includes("the stack is currently locked")) return "";
  return (
    "\nIf none of the processes named above is still running, one was killed. Release its lock: " +
    "npm run lab -- pulumi cancel --yes\n"
  );
}
