/**
 * The program as its operator runs it, from the laptop in the home LAN.
 *
 * As a program: reads a `StackRequest` as JSON on stdin, shows the engine's output on stderr and
 * writes the `StackResult` as JSON on stdout. As a module: starts that program in the laptop's network.
 */
import { CommandError } from "@pulumi/pulumi/automation/index.js";
import { execa } from "execa";
import { fileURLToPath } from "node:url";
import { text } from "node:stream/consumers";
import { insideNetwork } from "./run.ts";
import { operate, type StackRequest, type StackResult } from "./stack.ts";

const self = fileURLToPath(import.meta.url);

/** A failed operation; the message is what the engine printed. */
export class OperationError extends Error {
  override name = "OperationError";
}

/** An operation that runs. */
export interface StackOperation {
  /** The process that holds the program; the engine is its child, the provider plugins are the engine's. */
  pid: number;
  result: Promise<StackResult>;
}

/** Starts an operation on the lab's stack. */
export function startStack(
  request: StackRequest,
  onOutput: (text: string) => void = () => undefined,
): StackOperation {
  const [command, args] = insideNetwork("laptop", [process.execPath, self]);
  const child = execa(command, args, { input: JSON.stringify(request), reject: false, buffer: true });
  child.stderr.setEncoding("utf8").on("data", onOutput);
  if (child.pid === undefined) throw new OperationError(`${command} could not be started`);
  const result = child.then(({ exitCode, stdout, stderr }) => {
    if (exitCode !== 0) throw new OperationError(`${request.operation} failed:\n${stderr}${advice(stderr)}`);
    return JSON.parse(stdout) as StackResult;
  });
  return { pid: child.pid, result };
}

/** Runs an operation on the lab's stack to its end. */
export async function runStack(
  request: StackRequest,
  onOutput: (text: string) => void = () => undefined,
): Promise<StackResult> {
  return startStack(request, onOutput).result;
}

/** What the engine cannot know: how its own advice is followed in a lab. */
function advice(output: string): string {
  if (!output.includes("the stack is currently locked")) return "";
  return "\nIf none of the processes named above runs any more, one was killed: npm run lab -- pulumi cancel --yes\n";
}

if (process.argv[1] === self) {
  const request = JSON.parse(await text(process.stdin)) as StackRequest;
  try {
    const result = await operate(request, (output) => process.stderr.write(output));
    process.stdout.write(JSON.stringify(result));
  } catch (error) {
    // The engine's own failure has been shown already, as it went.
    if (!(error instanceof CommandError)) process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  }
}
