import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { machineName } from "./machine.ts";

/** SSH access to a host. */
export interface SshArgs {
  /** Address or name to dial. */
  host: pulumi.Input<string>;
  /**
   * TCP port of the SSH server.
   * @default 22
   */
  port?: pulumi.Input<number>;
  /**
   * User to log in as: root, or one who may run `sudo -n` (without a password). Its login shell must be a POSIX shell.
   */
  user: pulumi.Input<string>;
  /**
   * The server's public key, as `ssh-keyscan` prints it after the host: `ssh-ed25519 AAAA…`. A connection to a server
   * with any other key is refused.
   */
  hostKey: pulumi.Input<string>;
  /** The user's private key in OpenSSH or PEM format. Kept as a secret. */
  privateKey: pulumi.Input<string>;
  /**
   * The option that provides the private key, for messages.
   * @default "ssh.privateKey"
   */
  privateKeyOption?: string;
}

/**
 * The provider retries a refused key like an unreachable host. Few tries and a short wait keep a typing mistake from
 * costing minutes.
 */
const dialErrorLimit = 3;
const perDialTimeoutSeconds = 10;

/** A host that scripts can run on. */
export class RemoteHost {
  /** Connection of `command.remote`. Built field by field: an error would print unknown fields. */
  readonly connection: pulumi.Output<types.input.remote.ConnectionArgs>;
  /** `host:port`, for messages. */
  readonly address: pulumi.Output<string>;
  /** The machine's name. When it changes, what the scripts made is removed from the old machine. */
  readonly machine: pulumi.Output<string>;
  /** User who logs in. */
  readonly user: pulumi.Output<string>;
  /** The option that provides its private key. */
  readonly privateKeyOption: string;
  /** The SSH server's port, which a firewall must keep open. */
  readonly sshPort: pulumi.Output<number>;

  constructor(ssh: SshArgs) {
    this.user = pulumi.output(ssh.user);
    this.sshPort = pulumi.output(ssh.port).apply((port) => port ?? 22);
    this.privateKeyOption = ssh.privateKeyOption ?? "ssh.privateKey";
    this.address = pulumi.interpolate`${ssh.host}:${this.sshPort}`;
    this.machine = pulumi
      .all([this.address, ssh.hostKey])
      .apply(([address, hostKey]) => machineName(address, hostKey));
    this.connection = pulumi.output({
      host: ssh.host,
      port: this.sshPort,
      user: this.user,
      hostKey: ssh.hostKey,
      privateKey: pulumi.secret(ssh.privateKey),
      dialErrorLimit,
      perDialTimeout: perDialTimeoutSeconds,
    });
  }
}
