import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../inputs/childOptions.ts";
import type { Transform } from "../inputs/transform.ts";
import { explainFailure } from "../host/explainFailure.ts";
import { RemoteHost } from "../host/connection.ts";
import type { SshArgs } from "../host/connection.ts";
import { RemoteScript, type RemoteScriptArgs } from "../host/remoteScript.ts";
import type { PortClaim, TailnetClaim } from "./claims.ts";
import { checkHost } from "./script.ts";
import { resolved } from "../inputs/resolved.ts";

/** What a role's scripts install if missing. */
const hostPackages = {
  ControlPlane: ["ufw=ufw", "socat=socat", "nft=nftables"],
  EdgeNode: ["ufw=ufw", "nft=nftables"],
};

/** The host to check, and the requirements. */
export interface HostCheckArgs {
  /** The component that will use the host. */
  role: "ControlPlane" | "EdgeNode";
  /** SSH access to it. */
  ssh: SshArgs;
  /**
   * TCP ports that no foreign program may hold.
   * @default none
   */
  ports?: pulumi.Input<PortClaim[]>;
  /**
   * The address that the host must have in the tailnet, and the option that it comes from.
   * @default the tailnet is not checked
   */
  tailnet?: pulumi.Input<TailnetClaim>;
  /**
   * URL of a server to compare the host's clock with. A server that does not answer is ignored.
   * @default the clock is not checked
   */
  clockServer?: pulumi.Input<string>;
  /**
   * A text that describes everything about to be created. A change of it repeats the check.
   * @default checked once
   */
  plan?: pulumi.Input<string>;
  /**
   * A change to the script of the check.
   * @default none
   */
  transform?: { script?: Transform<RemoteScriptArgs> };
}

/**
 * A check of a host before anything is changed anywhere. It requires: a connection with the right host key, a supported
 * system, free disk space, a correct clock, its own tailnet address, no foreign Traefik, and neither a foreign program
 * nor a firewall rule on our ports. Resources that must wait for all hosts depend on every host's check.
 *
 * ```ts
 * const check = new HostCheck("home", { role: "ControlPlane", ssh });
 * new ControlPlane("home", { tailnetIp, clusterDns, ssh }, { dependsOn: [check] });
 * ```
 */
export class HostCheck extends pulumi.ComponentResource {
  /** The script of the check. */
  readonly script: RemoteScript;

  constructor(name: string, args: HostCheckArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mynodeone:index:HostCheck", name, {}, opts);
    const host = new RemoteHost(args.ssh);
    const subject = `${args.role} "${name}"`;

    const create = pulumi
      .all([host.address, args.ports, args.clockServer, args.plan, args.tailnet])
      .apply(([address, ports, clockServer, plan, tailnet]) =>
        [
          `# For plan ${plan ?? "of any kind"}`,
          checkHost({
            subject: `${subject}: ssh.host is "${address}"`,
            ports: ports ?? [],
            traefik: args.role === "EdgeNode",
            needs: hostPackages[args.role],
            tailnet,
            clockServer,
          }),
        ].join("\n"),
      );
    // No delete command, so it cannot fail in a `pulumi destroy`, which runs no hooks of a program.
    const explain = new pulumi.ErrorHook(`check of ${name}`, async ({ errors: [error = ""] }) => {
      const [address, user] = await resolved(pulumi.all([host.address, host.user]));
      // Replaces the provider's own message, which few users understand.
      throw new Error(
        explainFailure(error, { subject, address, user, privateKeyOption: host.privateKeyOption }),
      );
    });
    this.script = new RemoteScript(
      `${name}-check`,
      { host, create, identity: ["check", args.role], transform: args.transform?.script },
      { ...childOptions(this, opts), hooks: { onError: [explain] } },
    );

    this.registerOutputs({});
  }
}
