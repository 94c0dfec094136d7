import type { remote } from "@pulumi/command";
import { randomBytes } from "node:crypto";
import type { Properties } from "../framework/properties.ts";
import type { Resource } from "../framework/provider.ts";
import { checkConnection } from "./connection.ts";
import { run, type CommandOutput } from "./run.ts";

const computed = ["stdout", "stderr"] as const satisfies readonly (keyof remote.Command)[];

/**
 * `command:remote:Command`: a command run when the resource is made, changed and deleted
 * (https://www.pulumi.com/registry/packages/command/api-docs/remote/command/).
 */
export const remoteCommand: Resource = {
  replaceOn: ["triggers"] satisfies (keyof remote.CommandArgs)[],
  computed,
  secretOutputs: ["connection"] satisfies (keyof remote.Command)[],

  check(inputs) {
    const { connection, failures } = checkConnection(inputs.connection);
    return { inputs: { addPreviousOutputInEnv: true, ...inputs, connection }, failures };
  },

  async create(inputs, context) {
    const id = `${context.name}${randomBytes(4).toString("hex")}`;
    const output = isCommand(inputs.create) ? await run(inputs.create, inputs, undefined, context) : silence;
    return { id, state: { ...inputs, ...output } };
  },

  async update(_id, old, inputs, context) {
    const previous = previousOutput(old);
    const command = inputs.update ?? inputs.create;
    const output = isCommand(command) ? await run(command, inputs, previous, context) : previous;
    return { ...inputs, ...output };
  },

  async delete(_id, state, context) {
    if (isCommand(state.delete)) await run(state.delete, state, previousOutput(state), context);
  },
};

const silence: CommandOutput = { stdout: "", stderr: "" };

function isCommand(value: unknown): value is string {
  return typeof value === "string";
}

function previousOutput(state: Properties): CommandOutput {
  const { stdout, stderr } = state;
  return {
    stdout: typeof stdout === "string" ? stdout : "",
    stderr: typeof stderr === "string" ? stderr : "",
  };
}
