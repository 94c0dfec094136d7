import { execa, type Options } from "execa";
import { join } from "node:path";
import { paths } from "./paths.ts";
import { hosts, netns } from "./topology.ts";

export type HostName = keyof typeof hosts;

/** Resolver configuration of the lab's hosts; the machine's own is not changed. */
export const resolvConf = join(paths.lab, "resolv.conf");
/** Private key that every machine of the lab accepts. */
export const sshKey = join(paths.lab, "ssh", "id_ed25519");
export const knownHosts = join(paths.lab, "ssh", "known_hosts");
/** The account on each machine, as a VPS provider would create it: not root, with sudo. */
export const sshUser = "deploy";

/** Runs a program on the machine itself; an error contains the command and its output. */
export async function run(command: string, args: readonly string[], options: Options = {}): Promise<string> {
  // Empty by default: a program that asks a question must fail instead of waiting.
  const stdin = "input" in options ? {} : { stdin: "ignore" as const };
  const { stdout } = await execa(command, args, { ...stdin, ...options, lines: false, encoding: "utf8" });
  return String(stdout ?? "");
}

/**
 * A command line that runs another one in a host's network namespace, with the lab's resolver.
 *
 * Its own mount namespace provides resolv.conf, because `ip netns exec` would require a file below /etc.
 */
export function insideNetwork(host: string, argv: readonly string[]): [string, string[]] {
  return [
    "nsenter",
    [
      `--net=/run/netns/${netns(host)}`,
      "unshare",
      "--mount",
      "sh",
      "-euc",
      'mount --bind "$0" /etc/resolv.conf && exec "$@"',
      resolvConf,
      ...argv,
    ],
  ];
}

/** Runs a program with a host's view of the network (not of its files). */
export async function runInNetwork(
  host: string,
  argv: readonly string[],
  options: Options = {},
): Promise<string> {
  const [command, args] = insideNetwork(host, argv);
  return run(command, args, options);
}

/** The `ssh` command line to a machine, from a network that reaches it. */
export function sshCommand(host: HostName, remote: readonly string[] = []): [string, string[]] {
  const from = hosts[host].network === "lan" ? "laptop" : "client";
  return insideNetwork(from, [
    "ssh",
    ...["-i", sshKey, "-o", `UserKnownHostsFile=${knownHosts}`, "-o", "StrictHostKeyChecking=yes"],
    ...["-o", "IdentitiesOnly=yes", "-o", "ConnectTimeout=20", "-o", "LogLevel=ERROR", "-F", "none"],
    `${sshUser}@${hosts[host].address}`,
    ...remote,
  ]);
}

/** Runs a shell command on a machine over SSH, as the `deploy` user. */
export async function ssh(host: HostName, script: string, options: Options = {}): Promise<string> {
  const [command, args] = sshCommand(host, [script]);
  return run(command, args, options);
}
