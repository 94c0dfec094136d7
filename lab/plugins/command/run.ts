import type { Client, ClientChannel } from "ssh2";
import type { RequestContext } from "../framework/provider.ts";
import { isObject, type Properties } from "../framework/properties.ts";
import { connectionOf } from "./connection.ts";
import { dial, type Dialled } from "./dial.ts";
import { awaitEnvironment } from "./environment.ts";
import { lineSplitter } from "./lines.ts";

/** The output of a command, each stream without its last newline. */
export interface CommandOutput {
  stdout: string;
  stderr: string;
}

/** All connections ever opened: the official plugin closes none before it ends, so a host has many at the same time. */
const connections = new Set<Dialled>();

/** Closes every connection. */
export function hangUp(): void {
  for (const connection of connections) connection.end();
  connections.clear();
}

/**
 * Runs a command on the host of these inputs, over a connection of its own. A started command runs to its end: a
 * cancelled deployment waits for it and records the result.
 */
export async function run(
  command: string,
  inputs: Properties,
  previous: CommandOutput | undefined,
  context: RequestContext,
): Promise<CommandOutput> {
  const connection = await dial(connectionOf(inputs), context);
  connections.add(connection);
  return execute(connection.client, command, inputs, previous, context);
}

const noStatus = "wait: remote command exited without exit status or exit signal";

function execute(
  client: Client,
  command: string,
  inputs: Properties,
  previous: CommandOutput | undefined,
  context: RequestContext,
): Promise<CommandOutput> {
  const { asked, offered } = environmentOf(inputs, previous);
  return new Promise((resolve, reject) => {
    awaitEnvironment(client, (name) => {
      const isAsked = Object.hasOwn(asked, name);
      context.log(isAsked ? "error" : "warning", `Unable to set '${name}'. ${acceptEnv}`);
      if (isAsked) reject(new Error(`could not set environment variable "${name}": ssh: setenv failed`));
      return !isAsked;
    });
    client.on("error", reject);
    client.on("close", () => {
      reject(new Error(`${noStatus}: running ${JSON.stringify(command)}:\n`));
    });
    client.exec(command, { env: { ...offered, ...asked } }, (error, channel) => {
      if (error) {
        reject(error);
        return;
      }
      const output = capture(channel, inputs.logging, context);
      let failure: string | undefined = noStatus;
      // The status may be in the packet that is being read: a listener added later would miss it.
      channel.on("exit", (code: number | null, signal?: string) => {
        failure = failureOf(code, signal);
      });
      channel.on("close", () => {
        if (failure) reject(new Error(`${failure}: running ${JSON.stringify(command)}:\n${output.both}`));
        else resolve({ stdout: chomp(output.stdout), stderr: chomp(output.stderr) });
      });
      // A command that does not read its input may end before the input is written.
      channel.on("error", () => undefined);
      channel.end(typeof inputs.stdin === "string" ? inputs.stdin : "");
    });
  });
}

/** Collects the command's output, and logs it line by line if the logging option selects it. */
function capture(channel: ClientChannel, logging: unknown, context: RequestContext) {
  const output = { stdout: "", stderr: "", both: "" };
  for (const name of ["stdout", "stderr"] as const) {
    const log = lineSplitter((line) => {
      if (isLogged(logging, name)) context.status(line);
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

const acceptEnv = "The host's SSH server has to take it: see AcceptEnv in sshd_config(5).";

/** The environment that the program requests, and the variables offered to the host, which may refuse them. */
function environmentOf(inputs: Properties, previous: CommandOutput | undefined) {
  const asked = isObject(inputs.environment) ? (inputs.environment as Record<string, string>) : {};
  const isOffered = inputs.addPreviousOutputInEnv !== false && previous !== undefined;
  const offered: Record<string, string> = {
    ...(isOffered && previous.stdout && { PULUMI_COMMAND_STDOUT: previous.stdout }),
    ...(isOffered && previous.stderr && { PULUMI_COMMAND_STDERR: previous.stderr }),
  };
  return { asked, offered };
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
