import { Command } from "@pulumi/command/remote/command.js";
import * as pulumi from "@pulumi/pulumi";
import { transformed, type Transform } from "../inputs/transform.ts";
import { runDirectory } from "../names.ts";
import type { RemoteHost } from "./connection.ts";
import { aliasRenamed } from "../state/index.ts";
import { shellLibrary } from "./shellLibrary.ts";
import { shellQuote } from "./quote.ts";

/** Inputs of a script on a host. */
export interface RemoteScriptArgs {
  /** The host that it runs on. */
  host: RemoteHost;
  /**
   * POSIX shell text that creates the wanted state. It runs again on any change, so it must be idempotent.
   * @default nothing is created, and the host is not dialled
   */
  create?: pulumi.Input<string>;
  /**
   * Shell text that removes what `create` made. It must succeed if nothing is left to remove.
   * @default nothing is removed
   */
  delete?: pulumi.Input<string>;
  /**
   * A secret that `create` reads from its standard input, the only channel that appears neither in a process list nor
   * in an error message. The script's own text is then kept as a secret, too.
   * @default empty
   */
  stdin?: pulumi.Input<string>;
  /**
   * Names of what `create` makes (paths, unit names), unique on their machine. A change removes the old ones before the
   * new ones are created. A script with the same identity under another resource name is the same script, renamed.
   */
  identity: pulumi.Input<string>[];
  /**
   * Whether it may run concurrently with the host's other scripts. It must use nothing that they change.
   * @default false
   */
  concurrent?: boolean;
}

/** Held by the running script. */
const lockFile = `${runDirectory}/lock`;
/** Marks scripts that changed a file and were interrupted. */
const unfinishedDirectory = `${runDirectory}/unfinished`;
/** Long enough for all apps' routes to wait for their certificates in sequence. */
const lockWaitSeconds = 1800;

/** A script in transit: the text for standard input, and the commands that read it there. */
export interface Delivery {
  text: string;
  create?: string;
  delete?: string;
}

/** The shell text for creation and removal. */
export interface Steps {
  create?: string;
  delete?: string;
}

/** Where a script logs in, and as whom. */
export interface Login {
  user: string;
  /** `host:port`. */
  address: string;
}

/**
 * How a script reaches its host: by standard input. A failure's message then contains one short command line instead of
 * the whole text, and no process has the text in its arguments. The script itself may read what follows the text. The
 * command line ends with the host's name, because such a message names none otherwise.
 *
 * The script runs as root, alone on its host, and ends at the first error. The braces keep a truncated text from
 * running.
 *
 * `ssh_connection` is the script's SSH session: address and port of client and server. The login shell passes it on,
 * since sudo removes the variable.
 *
 * @param name prefix of the shell's own messages
 * @param concurrent whether it does not wait for the host's other scripts
 */
export function deliver(name: string, { user, address }: Login, steps: Steps, concurrent = false): Delivery {
  const given = Object.entries(steps).filter(([, script]) => script !== undefined);
  const cases = given.map(([step, script]) => `${step})\n${script}\n;;`);
  const text = `{\nunfinished=${unfinishedDirectory}/$0\nssh_connection=$2\n${shellLibrary}\ncase $1 in\n${cases.join("\n")}\nesac\nfinish\n}`;
  const sudo = user === "root" ? "" : "sudo -n ";
  const read = shellQuote(`eval "$(head -c ${Buffer.byteLength(text)})"`);
  const lock = `mkdir -pm 700 ${runDirectory}; exec flock --close --wait ${lockWaitSeconds} ${lockFile} sh -euc "$@"`;
  const run = concurrent ? `sh -euc ${read}` : `sh -c ${shellQuote(lock)} sh ${read}`;
  const command = (step: string) =>
    `${sudo}${run} ${shellQuote(name)} ${step} "$SSH_CONNECTION" ${shellQuote(address)}`;
  return { text, ...Object.fromEntries(given.map(([step]) => [step, command(step)])) };
}

/**
 * A shell script that runs as root over SSH: the only way for a component to change a machine.
 *
 * Scripts of one host run one at a time, since shared files and tools with a lock (apt, UFW) cannot handle concurrent
 * writers. A change of machine or identity replaces the script, and removes the old state first. Any other change runs
 * `create` again.
 *
 * A host that is gone for good blocks `delete`: run `pulumi state delete` for its scripts, or set `retainOnDelete`.
 *
 * @see https://www.pulumi.com/registry/packages/command/api-docs/remote/command/
 */
export class RemoteScript extends Command {
  /** @param given arguments after the user's changes */
  constructor(
    name: string,
    { transform, ...given }: RemoteScriptArgs & { transform?: Transform<RemoteScriptArgs> | undefined },
    givenOpts: pulumi.CustomResourceOptions,
  ) {
    const [, args, opts] = transformed(transform, name, given, givenOpts);
    const delivery = pulumi
      .all([args.host.user, args.host.address, args.create, args.delete])
      .apply(([user, address, create, remove]) =>
        deliver(name, { user, address }, { create, delete: remove }, args.concurrent),
      );
    const secret = args.stdin !== undefined;
    super(
      name,
      {
        connection: args.host.connection,
        create: args.create === undefined ? undefined : delivery.apply((one) => one.create ?? ""),
        delete: args.delete === undefined ? undefined : delivery.apply((one) => one.delete ?? ""),
        stdin: secret
          ? pulumi
              .all([delivery.text, pulumi.secret(args.stdin)])
              .apply(([text, more]) => text + (more ?? ""))
          : delivery.text,
        // Our scripts use no output of an earlier run, and sshd refuses variables by default.
        addPreviousOutputInEnv: false,
        logging: secret ? "none" : "stderr",
        triggers: [args.host.machine, ...args.identity],
      },
      pulumi.mergeOptions(opts, {
        // A script that only removes created nothing that could conflict with its replacement.
        deleteBeforeReplace: args.create !== undefined,
        transforms: [aliasRenamed(isSameScript)],
        additionalSecretOutputs: secret ? ["stdin", "stdout", "stderr"] : [],
      }),
    );
  }
}

function isSameScript(props: Record<string, unknown>, recorded: Record<string, unknown>): boolean {
  return JSON.stringify(props.triggers) === JSON.stringify(recorded.triggers);
}
