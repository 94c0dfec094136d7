/**
 * A small program beside the lab's stack that tests the engine together with the provider plugins.
 *
 * As a module: starts that program. As a program: reads a `PluginRun` on stdin, writes the `PluginResult` on stdout.
 */
import { DnsRecord } from "@pulumi/cloudflare/dnsRecord.js";
import { Command } from "@pulumi/command/remote/command.js";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import * as pulumi from "@pulumi/pulumi";
import {
  CommandError,
  type EngineEvent,
  type ImportResource,
  type OpMap,
} from "@pulumi/pulumi/automation/index.js";
import { execa } from "execa";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { kubeconfig } from "../../lab/cluster/index.ts";
import { openStack, withoutReports } from "../../lab/automation.ts";
import { engineEnvironment } from "../../lab/engine.ts";
import { vendorCredentials } from "../../lab/internet.ts";
import { hostKey } from "../../lab/machines.ts";
import { insideNetwork, sshKey, sshUser } from "../../lab/run.ts";
import { zoneId } from "../../lab/services/cloudflare/zone.ts";
import { domain, hosts, services } from "../../lab/topology.ts";

/** A command on the home host. */
export interface CommandSpec {
  create: string;
  delete?: string;
  /** Its standard input, as a secret. */
  stdin?: string;
  /** A change replaces the command. */
  trigger?: string;
  deleteBeforeReplace?: boolean;
  /** The command that it depends on. */
  after?: string;
}

/** A record of the lab's zone. */
export interface RecordSpec {
  /** Its address, or the command that prints the address. */
  content: string | { printedBy: string };
}

/** The declared resources, by name. */
export interface PluginProgram {
  commands?: Record<string, CommandSpec>;
  records?: Record<string, RecordSpec>;
  namespaces?: Record<string, Record<string, string>>;
}

export interface PluginRun {
  /** The directory of the state, which is kept between runs. */
  directory: string;
  operation: "preview" | "up" | "refresh" | "import" | "destroy";
  program: PluginProgram;
  /** The resource to import. */
  imports?: ImportResource[];
}

export interface PluginResult {
  changes: OpMap;
  /** Each resource's inputs by name, from the engine's events. */
  inputs: Record<string, Record<string, unknown>>;
  /** The whole output of the engine. */
  output: string;
  /** The content of the state file afterwards. */
  state: string;
  /** The engine's error message, if it failed. */
  error?: string;
}

const self = fileURLToPath(import.meta.url);

/** Starts one operation in a separate process; `pid` is that of its program. */
export function startPluginRun(request: PluginRun): { pid: number; result: Promise<PluginResult> } {
  const [command, args] = insideNetwork("laptop", [process.execPath, self]);
  const child = execa(command, args, { input: JSON.stringify(request) });
  if (child.pid === undefined) throw new Error(`${command} could not be started`);
  return { pid: child.pid, result: child.then(({ stdout }) => JSON.parse(stdout) as PluginResult) };
}

/** The import id of a record. */
export function recordId(id: string): string {
  return `${zoneId(domain)}/${id}`;
}

function declare({ commands = {}, records = {}, namespaces = {} }: PluginProgram): void {
  const connection = {
    host: hosts.home.address,
    user: sshUser,
    hostKey: hostKey("home"),
    privateKey: pulumi.secret(readFileSync(sshKey, "utf8")),
  };
  const made: Record<string, Command> = {};
  for (const [name, { stdin, trigger, deleteBeforeReplace, after, ...scripts }] of Object.entries(commands)) {
    const dependsOn = Object.entries(made).flatMap(([other, command]) => (other === after ? [command] : []));
    made[name] = new Command(
      name,
      {
        connection,
        ...scripts,
        stdin: stdin === undefined ? undefined : pulumi.secret(stdin),
        triggers: [trigger],
        // Otherwise the output is shown while the command runs.
        logging: stdin === undefined ? undefined : "none",
      },
      { dependsOn, deleteBeforeReplace, additionalSecretOutputs: stdin === undefined ? [] : ["stdout"] },
    );
  }
  for (const [name, { content }] of Object.entries(records)) {
    const address = typeof content === "string" ? content : (made[content.printedBy]?.stdout ?? "");
    const record = { zoneId: zoneId(domain), name: `${name}.${domain}`, type: "A", ttl: 1, content: address };
    new DnsRecord(name, record);
  }
  for (const [name, labels] of Object.entries(namespaces))
    new Namespace(name, { metadata: { name, labels } });
}

async function operate({ directory, operation, program, imports }: PluginRun): Promise<PluginResult> {
  const kubeconfigFile = join(directory, "kubeconfig");
  writeFileSync(kubeconfigFile, kubeconfig(), { mode: 0o600 });
  const stack = await openStack(
    {
      stackName: "plugins",
      projectName: "plugins",
      program: () => {
        declare(program);
        return Promise.resolve();
      },
    },
    {
      workDir: directory,
      envVars: {
        ...engineEnvironment,
        PULUMI_BACKEND_URL: `file://${directory}`,
        CLOUDFLARE_API_TOKEN: vendorCredentials().cloudflareToken,
        CLOUDFLARE_BASE_URL: `http://${services.cloudflare.address}/client/v4`,
        KUBECONFIG: kubeconfigFile,
      },
    },
  );
  const result: PluginResult = { changes: {}, inputs: {}, output: "", state: "" };
  const onOutput = (said: string) => (result.output += said);
  const onEvent = ({ summaryEvent, resourcePreEvent }: EngineEvent) => {
    if (summaryEvent) result.changes = summaryEvent.resourceChanges;
    const step = resourcePreEvent?.metadata;
    if (step?.new?.inputs) result.inputs[step.urn.split("::").at(-1) ?? ""] = step.new.inputs;
  };
  const options = { onOutput, onError: onOutput, onEvent, color: "never" } as const;
  try {
    if (operation === "import") {
      await stack.import({ resources: imports, protect: false, generateCode: false, onOutput });
    } else await withoutReports(stack)[operation](options);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    result.error = error.message;
  }
  // Read from the file, because an export decrypts the secrets.
  result.state = readFileSync(join(directory, ".pulumi", "stacks", "plugins", "plugins.json"), "utf8");
  return result;
}

if (process.argv[1] === self) {
  const request = JSON.parse(await text(process.stdin)) as PluginRun;
  process.stdout.write(JSON.stringify(await operate(request)));
}
