import type { Client, ClientChannel } from "ssh2";
import type { RequestContext } from "../framework/provider.ts";
import { isObject, type Properties } from "../framework/properties.ts";
import { connectionOf } from "./connection.ts";
import { dial } from "./dial.ts";
import { lineSplitter } from "./lines.ts";

/** What a command wrote, each without its last newline. */
export interface CommandOutput {
  stdout: string;
  stderr: string;
}

/** Runs a command on the host of these inputs, over a connection of its own. */
export async function run(
  command: string,
  inputs: Properties,
  previous: CommandOutput | undefined,
  context: RequestContext,
): Promise<CommandOutput> {
  const client = await dial(connectionOf(inputs), context);
  const abort = () => {
    client.destroy();
  };
  context.signal.addEventListener("abort", abort, { once: true });
  try {
    return await execute(client, command, inputs, previous, context);
  } catch (error) {
    context.signal.throwIfAborted();
    throw error;
  } finally {
    context.signal.removeEventListener("abort", abort);
    client.end();
  }
}

function execute(
  client: Client,
  command: string,
  inputs: Properties,
  previous: CommandOutput | undefined,
  context: RequestContext,
): Promise<CommandOutput> {
  return new Promise((resolve, reject) => {
    client.on("error", reject);
    client.on("close", () => {
      reject(new Error(`wait: connection lost: running ${JSON.stringify(command)}`));
    });
    client.exec(command, { env: environmentOf(inputs, previous) }, (error, channel) => {
      if (error) {
        reject(error);
        return;
      }
      const output = capture(channel, inputs.logging, context);
      let failure: string | undefined = "wait: remote command exited without exit status or exit signal";
      // The status may be in the packet that is being read: a listener added any later would miss it.
      channel.on("exit", (code: number | null, signal?: string) => {
        failure = failureOf(code, signal);
      });
      channel.on("close", () => {
        if (failure) reject(new Error(`${failure}: running ${JSON.stringify(command)}:\n${output.both}`));
        else resolve({ stdout: chomp(output.stdout), stderr: chomp(output.stderr) });
      });
      // A command that does not read its input ends before it is written.
      channel.on("error", () => undefined);
      channel.end(typeof inputs.stdin === "string" ? inputs.stdin : "");
    });
  });
}

/** Gathers what the command writes, and shows it line by line where it is to be logged. */
function capture(channel: ClientChannel, logging: unknown, context: RequestContext) {
  const output = { stdout: "", stderr: "", both: "" };
  for (const name of ["stdout", "stderr"] as const) {
    const log = lineSplitter((line) => {
      if (isLogged(logging, name)) context.log("info", line);
    });
    const stream = name === "stdout" ? channel : channel.stderr;
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      output[name] += text;
      output.both += text;
      log.write(text);
    });
    stream.on("end", () => {
      log.end();
    });
  }
  return output;
}

/** Variables that the host's sshd may refuse (AcceptEnv); the library does not say whether it did. */
function environmentOf(inputs: Properties, previous: CommandOutput | undefined): Record<string, string> {
  const environment = isObject(inputs.environment) ? (inputs.environment as Record<string, string>) : {};
  if (inputs.addPreviousOutputInEnv === false || !previous) return environment;
  return {
    ...environment,
    ...(previous.stdout && { PULUMI_COMMAND_STDOUT: previous.stdout }),
    ...(previous.stderr && { PULUMI_COMMAND_STDERR: previous.stderr }),
  };
}

function failureOf(code: number | null, signal: string | undefined): string | undefined {
  if (code === 0) return undefined;
  if (code !== null) return `Process exited with status ${code}`;
  return `Process exited with status 128 from signal ${signal?.replace(/^SIG/, "") ?? "unknown"}`;
}

function isLogged(logging: unknown, stream: "stdout" | "stderr"): boolean {
  return logging === undefined || logging === "stdoutAndStderr" || logging === stream;
}

function chomp(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}
