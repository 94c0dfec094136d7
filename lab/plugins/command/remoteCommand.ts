import type { remote } from "@pulumi/command";
import { randomBytes } from "node:crypto";
import { diffProperties } from "../framework/diff.ts";
import type { Properties } from "../framework/properties.ts";
import type { CheckFailure, Resource } from "../framework/provider.ts";
import { misfits, type Misfit, type Property, type ResourceSchema } from "../framework/schema.ts";
import { connectionFields, withDefaults } from "./connection.ts";
import { run, type CommandOutput } from "./run.ts";

const text = { type: "string" } as const satisfies Property;

const inputs = {
  addPreviousOutputInEnv: { type: "boolean" },
  connection: { type: { fields: connectionFields }, required: true, secret: true },
  create: text,
  delete: text,
  environment: { type: { map: "string" } },
  logging: text,
  stdin: text,
  triggers: { type: { list: "any" }, replaces: true },
  update: text,
} as const satisfies Record<keyof remote.CommandArgs, Property>;

const outputs = {
  stderr: text,
  stdout: text,
} as const satisfies Partial<Record<keyof remote.Command, Property>>;

export const remoteCommandSchema: ResourceSchema = { inputs, outputs };

/**
 * `command:remote:Command`: a command run when the resource is created, changed and deleted
 * (https://www.pulumi.com/registry/packages/command/api-docs/remote/command/).
 *
 * A cancelled deployment waits for a running command; only dials are aborted.
 */
export const remoteCommand: Resource = {
  schema: remoteCommandSchema,

  check(given) {
    const failures = misfits(inputs, given).map(describe);
    return { inputs: { ...given, connection: withDefaults(given.connection) }, failures };
  },

  // The SDK itself tells the engine by `replaceOnChanges` that a change inside the triggers replaces, too.
  diff(old, news) {
    return { changes: diffProperties(old.inputs, news), replaces: (path) => path === "triggers" };
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

/** The official plugin also names the Go type. */
function describe({ path, problem }: Misfit): CheckFailure {
  const name = path.slice(path.lastIndexOf(".") + 1);
  const type = path.startsWith("connection.proxy.")
    ? "remote.ProxyConnection"
    : path.startsWith("connection.")
      ? "remote.Connection"
      : "remote.CommandInputs";
  const reasons = {
    missing: `Missing required field '${name}' on '${type}'`,
    unrecognized: `Unrecognized field '${name}' on '${type}'`,
    "wrong type": `Field '${name}' on '${type}' is of the wrong type`,
  };
  return { property: path, reason: reasons[problem] };
}

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
