import * as pulumi from "@pulumi/pulumi";
import callback from "@pulumi/pulumi/proto/callback_pb.js";
import * as runtimeState from "@pulumi/pulumi/runtime/state.js";
import { readFunction } from "../../../components/state/stateReader.ts";
import { signatureKey } from "../pulumiSecret.ts";

/** A resource as the program registered it with the engine. */
export interface Registration {
  urn: string;
  type: string;
  name: string;
  parent: string;
  /** Names of the resources that it depends on. */
  dependencies: string[];
  /** Plain values; a secret is wrapped in `{ secret }`. */
  inputs: Record<string, unknown>;
  deleteBeforeReplace: boolean;
  ignoreChanges: string[];
  additionalSecretOutputs: string[];
}

/** Replaces the providers. */
export interface StandIn {
  /** Outputs of a resource besides its inputs, by type. */
  state?: Record<string, (inputs: Record<string, unknown>) => Record<string, unknown>>;
  /** The results of functions, by token. */
  call?: Record<string, (inputs: Record<string, unknown>) => Record<string, unknown>>;
}

interface Monitor {
  registerResource(req: RegisterRequest, callback: unknown): Promise<void>;
  newUrn(parent: string, type: string, name: string): string;
}

interface RegisterRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getDependenciesList(): string[];
  getObject(): { toJavaScript(): Record<string, unknown> };
  getDeletebeforereplace(): boolean;
  getIgnorechangesList(): string[];
  getAdditionalsecretoutputsList(): string[];
}

/** The answers that every program needs; tests with a state replace them. */
const answers: NonNullable<StandIn["call"]> = { [readFunction]: () => ({ outputs: {} }) };

/** Runs a program with mocks instead of an engine. Returns its resources and hooks in order, and its result. */
export async function runProgram<T>(
  program: () => T | Promise<T>,
  standIn: StandIn = {},
): Promise<{ resources: Registration[]; hooks: Hook[]; result: T }> {
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ type, name, id, inputs }) => {
      const state = standIn.state?.[type]?.(inputs as Record<string, unknown>) ?? {};
      return {
        id: id !== undefined && id !== "" ? id : `${name}-id`,
        state: { ...(inputs as object), ...state },
      };
    },
    call: ({ token, inputs }) => {
      const answer = { ...answers, ...standIn.call }[token];
      if (answer === undefined) throw new Error(`unexpected call of ${token}`);
      return answer(inputs as Record<string, unknown>);
    },
  };
  await pulumi.runtime.setMocks(mocks, undefined, undefined, undefined, "organization");
  const hooks = standInForCallbacks();
  const resources: Registration[] = [];
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (req, callback) => {
    resources.push({
      urn: monitor.newUrn(req.getParent(), req.getType(), req.getName()),
      type: req.getType(),
      name: req.getName(),
      parent: nameOf(req.getParent()),
      dependencies: req.getDependenciesList().map(nameOf).sort(),
      inputs: unwrap(req.getObject().toJavaScript()) as Record<string, unknown>,
      deleteBeforeReplace: req.getDeletebeforereplace(),
      ignoreChanges: req.getIgnorechangesList(),
      additionalSecretOutputs: req.getAdditionalsecretoutputsList(),
    });
    return register(req, callback);
  };
  const result = await program();
  await pulumi.runtime.disconnect();
  return { resources, hooks, result };
}

/** A callback that the engine runs before it changes a resource. The mocks never run it. */
export interface Hook {
  /** Contains the type and name of the resource. */
  name: string;
  callback: () => Promise<void>;
}

/** Records hooks without the gRPC server through which an engine would run hooks and transforms. */
function standInForCallbacks(): Hook[] {
  const hooks: Hook[] = [];
  const done = () => Promise.resolve();
  // Internal to the SDK, and therefore without useful types.
  const { getStore } = runtimeState as unknown as { getStore: () => object };
  Object.assign(getStore(), {
    supportsTransforms: true,
    supportsResourceHooks: true,
    callbacks: {
      registerTransform: () => Promise.resolve(new callback.Callback()),
      registerErrorHook: done,
      registerResourceHook: (hook: Hook) => {
        hooks.push(hook);
        return done();
      },
      awaitStackRegistrations: done,
      shutdown: () => undefined,
    },
  });
  return hooks;
}

/** The only resource with this name, and with this type if several share the name. */
export function find(resources: Registration[], name: string, type = ""): Registration {
  const found = resources.filter((one) => one.name === name && one.type.endsWith(type));
  if (found[0] === undefined || found.length > 1) {
    throw new Error(
      `${found.length} resources "${name}" among ${resources.map((one) => one.name).join(", ")}`,
    );
  }
  return found[0];
}

/** The part of a remote script that runs in one step. */
export function scriptOf(registration: Registration, step: "create" | "delete" = "create"): string {
  const { stdin } = registration.inputs as { stdin: string | { secret: string } };
  const text = typeof stdin === "string" ? stdin : stdin.secret;
  const start = text.indexOf(`\n${step})\n`) + step.length + 3;
  return text.slice(start, text.indexOf("\n;;\n", start));
}

/** The value of an output. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? "";
}

function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== "object" || value === null) return value;
  const record = value as Record<string, unknown>;
  if (signatureKey in record) return { secret: unwrap(record.value) };
  return Object.fromEntries(Object.entries(record).map(([key, one]) => [key, unwrap(one)]));
}
