import type { types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { machineName } from "./machine.ts";

/** How a host is reached over SSH. */
export interface SshArgs {
  /** Address or name to dial. */
  host: pulumi.Input<string>;
  /**
   * TCP port of the SSH server.
   * @default 22
   */
  port?: pulumi.Input<number>;
  /** User to log in as: root, or one who may run `sudo -n` (without a password). Its login shell is a POSIX shell. */
  user: pulumi.Input<string>;
  /**
   * The server's public key, as `ssh-keyscan` prints it after the host: `ssh-ed25519 AAAA…`.
   * Any other key ends the connection.
   */
  hostKey: pulumi.Input<string>;
  /** The user's private key in OpenSSH or PEM format. Kept as a secret. */
  privateKey: pulumi.Input<string>;
  /**
   * The option that the private key comes from, for messages.
   * @default "mynodeone:sshPrivateKey"
   */
  privateKeyOption?: string;
}

/**
 * A refused key is retried like a dead host: few tries and a short wait keep a typing mistake from
 * costing minutes.
 */
const dialErrorLimit = 3;
const perDialTimeoutSeconds = 10;

/** A host that scripts can run on. */
export class RemoteHost {
  /** What `command.remote` dials. Built field by field: an unknown one would be echoed in an error. */
  readonly connection: pulumi.Output<types.input.remote.ConnectionArgs>;
  /** `host:port`, as messages name it. */
  readonly address: pulumi.Output<string>;
  /** What names the machine: with another one, what the old one holds has to be removed there. */
  readonly machine: pulumi.Output<string>;
  /** Who logs in. */
  readonly user: pulumi.Output<string>;
  /** The option that its private key comes from. */
  readonly privateKeyOption: string;
  /** The SSH server's port, which a firewall must keep open. */
  readonly sshPort: pulumi.Output<number>;

  constructor(ssh: SshArgs) {
    this.user = pulumi.output(ssh.user);
    this.sshPort = pulumi.output(ssh.port).apply((port) => port ?? 22);
    this.privateKeyOption = ssh.privateKeyOption ?? "mynodeone:sshPrivateKey";
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
