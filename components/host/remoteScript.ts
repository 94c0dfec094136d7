import { Command } from "@pulumi/command/remote/command.js";
import * as pulumi from "@pulumi/pulumi";
import { transformed, type Transform } from "../inputs/transform.ts";
import type { RemoteHost } from "./connection.ts";
import { aliasRenamed } from "../state/index.ts";
import { shellLibrary } from "./shellLibrary.ts";
import { shellQuote } from "./quote.ts";

/** What a script does on a host. */
export interface RemoteScriptArgs {
  /** Where it runs. */
  host: RemoteHost;
  /**
   * POSIX shell text that brings the wanted state about. It runs again on any change: idempotent.
   * @default nothing is made, and the host is not dialled
   */
  create?: pulumi.Input<string>;
  /**
   * Shell text that removes what `create` made. It succeeds where nothing is left to remove.
   * @default nothing is removed
   */
  delete?: pulumi.Input<string>;
  /**
   * A secret that `create` reads from its standard input: the only way in that shows up neither in
   * a process list nor in an error message. The script's own text is then kept as secret as it is.
   * @default empty
   */
  stdin?: pulumi.Input<string>;
  /**
   * What names the things that `create` makes (paths, unit names), on their machine theirs alone. A change removes
   * the old ones before the new ones are made. The same under another resource's name is the same script, renamed.
   */
  identity: pulumi.Input<string>[];
  /**
   * Whether it may run beside other scripts of the host, since it uses nothing that they change.
   * @default false
   */
  concurrent?: boolean;
}

/**
 * What scripts keep until the next boot. Only root enters it: any user who can open the lock, even for reading, can hold
 * it for ever.
 */
const directory = "/run/mynodeone";
/** Held by the one script that runs. */
const lockFile = `${directory}/lock`;
/** Who has changed a file and not come to its end. */
const unfinishedDirectory = `${directory}/unfinished`;
/** Long enough for all apps' routes to wait for their certificates one after the other. */
const lockWaitSeconds = 1800;

/** A script as it travels: the text, which goes by standard input, and the commands that read it there. */
export interface Delivery {
  text: string;
  create?: string;
  delete?: string;
}

/** What a script has to do when. */
export interface Steps {
  create?: string;
  delete?: string;
}

/** Who runs a script where. */
export interface Login {
  user: string;
  /** `host:port`. */
  address: string;
}

/**
 * How a script reaches its host: by standard input, so that a failure's message has one short command
 * line in it and not the whole text, and the text is in no process's arguments. What follows it there
 * is for the script itself to read. The host at the line's end is for whoever reads such a message, which names
 * none otherwise.
 *
 * It runs as root, alone on its host, and ends at the first error. The braces keep a text that was cut
 * off on its way from running at all.
 *
 * `ssh_connection` is the session that it came by: client's address and port, server's address and port. The login
 * shell hands it over, since sudo takes the variable away.
 *
 * @param name what the shell's own messages begin with
 * @param concurrent whether it does not wait for the host's other scripts
 */
export function deliver(name: string, { user, address }: Login, steps: Steps, concurrent = false): Delivery {
  const given = Object.entries(steps).filter(([, script]) => script !== undefined);
  const cases = given.map(([step, script]) => `${step})\n${script}\n;;`);
  const text = `{\nunfinished=${unfinishedDirectory}/$0\nssh_connection=$2\n${shellLibrary}\ncase $1 in\n${cases.join("\n")}\nesac\nfinish\n}`;
  const sudo = user === "root" ? "" : "sudo -n ";
  const read = shellQuote(`eval "$(head -c ${Buffer.byteLength(text)})"`);
  const lock = `mkdir -pm 700 ${directory}; exec flock --close --wait ${lockWaitSeconds} ${lockFile} sh -euc "$@"`;
  const run = concurrent ? `sh -euc ${read}` : `sh -c ${shellQuote(lock)} sh ${read}`;
  const command = (step: string) =>
    `${sudo}${run} ${shellQuote(name)} ${step} "$SSH_CONNECTION" ${shellQuote(address)}`;
  return { text, ...Object.fromEntries(given.map(([step]) => [step, command(step)])) };
}

/**
 * The one way in which a component touches a host: a shell script, run as root over SSH.
 *
 * Scripts of one host wait for each other, so that files which several apps share and tools with a
 * lock of their own (apt, UFW) are never used by two at once. Another machine or identity replaces,
 * and removes the old state first; every other change runs `create` again.
 *
 * A host that is gone for good blocks `delete`: `pulumi state delete` the scripts, or set
 * `retainOnDelete`.
 *
 * @see https://www.pulumi.com/registry/packages/command/api-docs/remote/command/
 */
export class RemoteScript extends Command {
  /** @param given with what a user wants changed of it */
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
        // Our scripts ask for nothing that an earlier one printed, and sshd refuses variables by default.
        addPreviousOutputInEnv: false,
        logging: secret ? "none" : "stderr",
        triggers: [args.host.machine, ...args.identity],
      },
      pulumi.mergeOptions(opts, {
        // What only removes has made nothing that could be in the way of the new.
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
