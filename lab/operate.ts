/**
 * The program as its operator runs it, in this process: reads a `StackRequest` as JSON on stdin, shows the engine's
 * output on stderr and writes the `StackResult` as JSON on stdout. `lab/operator.ts` starts it in a network that
 * reaches the hosts.
 */
import { CommandError } from "@pulumi/pulumi/automation/index.js";
import { text } from "node:stream/consumers";
import { operate, type StackRequest } from "./stack.ts";

const request = JSON.parse(await text(process.stdin)) as StackRequest;
try {
  const result = await operate(request, (output) => process.stderr.write(output));
  process.stdout.write(JSON.stringify(result));
} catch (error) {
  // The engine has already printed its own failure.
  if (!(error instanceof CommandError)) process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
}
