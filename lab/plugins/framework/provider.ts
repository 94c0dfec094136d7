import type { Change } from "./diff.ts";
import type { Properties } from "./properties.ts";
import type { FunctionSchema, ResourceSchema } from "./schema.ts";

export type Severity = "debug" | "info" | "warning" | "error";

/** What a provider receives besides the properties. */
export interface RequestContext {
  /** The resource's URN; empty for a function. */
  urn: string;
  /** The resource's logical name. */
  name: string;
  /** Shown by the engine beside the resource, and again at the end. */
  log: (severity: Severity, message: string) => void;
  /** Shown by the engine beside the resource during the operation only. */
  status: (message: string) => void;
  /** Aborted when the user cancels the deployment. */
  signal: AbortSignal;
  /** The user's `customTimeouts` for this operation (seconds). @default the provider's own */
  timeout?: number;
}

export interface CheckFailure {
  /** The invalid input. */
  property: string;
  reason: string;
}

export interface CheckResult {
  /** The inputs with their defaults, for the state and for `diff`, `create` and `update`. */
  inputs: Properties;
  failures?: CheckFailure[];
}

export interface ReadResult {
  id: string;
  state: Properties;
  /** The inputs that would lead to this state. @default unchanged */
  inputs?: Properties;
}

/** The changes, and whether an update is enough. */
export interface ResourceDiff {
  changes: Change[];
  /** Whether a change at this path requires a replacement. */
  replaces: (path: string) => boolean;
  /** Whether a replacement deletes the old resource first. @default false, unless the program says so */
  deleteBeforeReplace?: boolean;
}

/**
 * One resource type. All properties arrive without the marks of secrets; outputs with the same name are marked again.
 */
export interface Resource {
  schema: ResourceSchema;
  /** Whether a null means more than "not given". @default "dropped" */
  nulls?: "kept";
  check?(
    inputs: Properties,
    oldInputs: Properties | undefined,
    context: RequestContext,
  ): Awaitable<CheckResult>;
  /** @default compares the state's inputs with the new ones; the schema says which of them replace */
  diff?(old: { state: Properties; inputs: Properties }, inputs: Properties): ResourceDiff;
  create(inputs: Properties, context: RequestContext): Promise<{ id: string; state: Properties }>;
  update(id: string, old: Properties, inputs: Properties, context: RequestContext): Promise<Properties>;
  delete(id: string, state: Properties, context: RequestContext): Promise<void>;
  /** Undefined if the resource no longer exists. @default the unchanged state */
  read?(
    id: string,
    state: Properties,
    inputs: Properties,
    context: RequestContext,
  ): Promise<ReadResult | undefined>;
}

/** A data source: it looks something up and changes nothing. */
export interface ProviderFunction {
  schema: FunctionSchema;
  call(args: Properties, context: RequestContext): Promise<Properties>;
}

type Awaitable<T> = T | Promise<T>;

/** A provider, which its plugin process serves to the engine. */
export interface Provider {
  name: string;
  version: string;
  /**
   * Whether the official plugin is a Terraform provider behind a bridge, which logs every failure as an error before it
   * returns it. @default false
   */
  bridged?: boolean;
  /**
   * What changed arguments require. Replacing a provider replaces all its resources.
   *
   * @default an update for any change
   */
  diffConfig?(olds: Properties, news: Properties): Awaitable<ResourceDiff>;
  /** Called once before any resource, with the arguments of the `Provider` resource or the config. */
  configure?(args: Properties): void;
  /** Called when the plugin ends. */
  stop?(): void;
  /** By type token. */
  resources?: Readonly<Record<string, Resource>>;
  /** By function token. */
  functions?: Readonly<Record<string, ProviderFunction>>;
}
