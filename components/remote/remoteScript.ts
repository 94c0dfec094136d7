import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { RemoteHost } from "./connection.ts";
import { shellLibrary } from "./shellLibrary.ts";
import { shellQuote } from "./quote.ts";

/** What a script does on a host. */
export interface RemoteScriptArgs {
  /** Where it runs. */
  host: RemoteHost;
  /** POSIX shell text that brings the wanted state about. It runs again on any change: idempotent. */
  create: pulumi.Input<string>;
  /**
   * Shell text that removes what `create` made. It succeeds where nothing is left to remove.
   * @default nothing is removed
   */
  delete?: pulumi.Input<string>;
  /**
   * A secret that `create` reads from its standard input: the only way in that shows up neither in
   * a process list nor in an error message.
   * @default empty
   */
  stdin?: pulumi.Input<string>;
  /**
   * What names the things that `create` makes (paths, unit names) besides the host. A change
   * removes the old ones before the new ones are made.
   * @default []
   */
  identity?: pulumi.Input<string>[];
}

/** Not in the world-writable /run/lock, where any local user could hold it for ever. */
const lockFile = "/run/mynodeone.lock";
/** Long enough for all apps' routes to wait for their certificates one after the other. */
const lockWaitSeconds = 1800;

/** The command line that runs `script` as root, alone on its host, failing at the first error. */
export function asRoot(script: string, user: string): string {
  const sudo = user === "root" ? "" : "sudo -n ";
  const lock = `flock --close --wait ${lockWaitSeconds} ${lockFile}`;
  return `${sudo}${lock} sh -euc ${shellQuote(`${shellLibrary}\n${script}`)}`;
}

/**
 * The one way in which a component touches a host: a shell script, run as root over SSH.
 *
 * Scripts of one host wait for each other, so that files which several apps share and tools with a
 * lock of their own (apt, UFW) are never used by two at once. Another host or identity replaces,
 * and removes the old state first; every other change runs `create` again.
 *
 * A host that is gone for good blocks `delete`: `pulumi state delete` the scripts, or set
 * `retainOnDelete`.
 *
 * @see https://www.pulumi.com/registry/packages/command/api-docs/remote/command/
 */
export class RemoteScript extends remote.Command {
  constructor(name: string, args: RemoteScriptArgs, opts: pulumi.CustomResourceOptions) {
    const run = (script: pulumi.Input<string>) =>
      pulumi.all([script, args.host.user]).apply(([text, user]) => asRoot(text, user));
    const secret = args.stdin !== undefined;
    super(
      name,
      {
        connection: args.host.connection,
        create: run(args.create),
        delete: args.delete === undefined ? undefined : run(args.delete),
        stdin: args.stdin === undefined ? undefined : pulumi.secret(args.stdin),
        logging: secret ? "none" : "stderr",
        triggers: [args.host.identity, ...(args.identity ?? [])],
      },
      pulumi.mergeOptions(opts, {
        deleteBeforeReplace: true,
        additionalSecretOutputs: secret ? ["stdin", "stdout", "stderr"] : [],
      }),
    );
  }
}
