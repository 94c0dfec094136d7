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

export async function runStack(
  request: StackRequest,
  onOutput: (line: string) => void = () => undefined,
): Promise<StackResult> {
  const [command, args] = insideNetwork("laptop", [process.execPath, self]);
  const child = execa(command, args, { input: JSON.stringify(request), reject: false, buffer: true });
  child.stderr.setEncoding("utf8").on("data", onOutput);
  const { exitCode, stdout, stderr } = await child;
  if (exitCode !== 0) throw new OperationError(`${request.operation} failed:\n${stderr}`);
  return JSON.parse(stdout) as StackResult;
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
