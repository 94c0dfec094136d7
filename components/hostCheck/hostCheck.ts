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

/** What the scripts of a role install where it is missing. */
const hostPackages = {
  ControlPlane: ["ufw=ufw", "socat=socat", "nft=nftables"],
  EdgeNode: ["ufw=ufw", "nft=nftables"],
};

/** Which host is looked at, and for what. */
export interface HostCheckArgs {
  /** The component that the host is for. */
  role: "ControlPlane" | "EdgeNode";
  /** How it is reached. */
  ssh: SshArgs;
  /**
   * TCP ports that nobody but our own units may hold.
   * @default none
   */
  ports?: pulumi.Input<PortClaim[]>;
  /**
   * The address that the host has to have in the tailnet, and the option that it comes from.
   * @default the tailnet is not looked at
   */
  tailnet?: pulumi.Input<TailnetClaim>;
  /**
   * URL of a server whose time the host's clock is compared with. One that does not answer is passed over.
   * @default the clock is not looked at
   */
  clockServer?: pulumi.Input<string>;
  /**
   * What stands for all that is to be made. When it changes, the host is checked again; what stays the same
   * needs no check.
   * @default checked once
   */
  plan?: pulumi.Input<string>;
  /**
   * A change of the script that looks at the host.
   * @default none
   */
  transform?: { script?: Transform<RemoteScriptArgs> };
}

/**
 * A look at a host before anything is changed anywhere: it is reached, it shows the right key, it is a
 * system that we know, with room on its disks, a clock that is right, its own address in the tailnet, no other
 * Traefik, and neither a stranger nor a firewall rule on our ports. Resources that must not be made before all hosts
 * have passed depend on the check of every host.
 *
 * ```ts
 * const check = new HostCheck("home", { role: "ControlPlane", ssh });
 * new ControlPlane("home", { tailnetIp, clusterDns, ssh }, { dependsOn: [check] });
 * ```
 */
export class HostCheck extends pulumi.ComponentResource {
  /** The script that looks at the host. */
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
    // Without a delete command it cannot fail in a `pulumi destroy`, which knows no hooks of a program.
    const explain = new pulumi.ErrorHook(`check of ${name}`, async ({ errors: [error = ""] }) => {
      const [address, user] = await resolved(pulumi.all([host.address, host.user]));
      // In place of the provider's own message, which has the right words in it for few.
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
