/** The host of a failed script. */
export interface FailedHost {
  /** Start of a message: component and name. */
  subject: string;
  /** `host:port`. */
  address: string;
  /** User who logs in. */
  user: string;
  /** The option that provides the private key. */
  privateKeyOption: string;
}

/** sudo's messages, what each means and its fix; the most specific first. */
const sudoRefusals: { says: RegExp; means: string; mend: (user: string) => string }[] = [
  {
    says: /sudo: .*must have a tty.*/,
    means: "sudo requires a terminal (Defaults requiretty)",
    mend: (user) =>
      `Turn that off on the host, as root: echo 'Defaults:${user} !requiretty' > /etc/sudoers.d/${user}-tty`,
  },
  {
    says: /.*is not in the sudoers file.*|.*may not run sudo on .*|sudo: .*I'm afraid I can't do that.*/,
    means: "it is not allowed to use sudo at all",
    mend: allowAll,
  },
  {
    says: /.*is not allowed to (?:execute|run) .*/,
    means: "sudo allows it only some commands, but the program runs a shell as root",
    mend: allowAll,
  },
  {
    says: /sudo: (?:.*\b)?(?:account|password) .*(?:expired|locked).*/i,
    means: "its account or password has expired",
    mend: (user) => `Renew it on the host, as root: passwd ${user}. chage -l ${user} shows when it expires`,
  },
  {
    says: /.*\bsudo: (?:command )?not found.*/,
    means: "sudo is not installed",
    mend: () =>
      "Install it on the host, as root: apt-get install sudo. Or let root log in, and set ssh.user to root",
  },
  // A name that does not resolve is only a warning of sudo's.
  {
    says: /^sudo: (?!unable to resolve host).*/m,
    means: "it is not allowed to use sudo without a password",
    mend: allowAll,
  },
];

function allowAll(user: string): string {
  return `Allow it on the host, as root: echo '${user} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/${user}`;
}

function explainSudo(error: string, user: string): string | undefined {
  for (const { says, means, mend } of sudoRefusals) {
    const [words] = says.exec(error) ?? [];
    if (words !== undefined) return `${means} (${words.trim()}). ${mend(user)}`;
  }
  return undefined;
}

/** A command's failure in the provider's words, followed by the host's output. */
const commandFailure = /: running "(?:[^"\\]|\\.)*":\n([^]*)/;

/**
 * The message for a failed check: component, option, value, fix. Unknown errors are passed on unchanged.
 *
 * The host's output is kept apart, since a compromised host may print anything. It is evidence only of what a host can
 * know, it is marked as the host's, and its control characters are replaced.
 */
export function explainFailure(error: string, host: FailedHost): string {
  const [, said] = commandFailure.exec(error) ?? [];
  return said === undefined ? explainConnection(printable(error), host) : explainHost(printable(said), host);
}

/** Replaces each control character, except line breaks, by a mark. */
function printable(text: string): string {
  return text.replace(/[^\P{C}\n]/gu, "?");
}

function explainHost(said: string, { subject, address, user }: FailedHost): string {
  const own = [...said.matchAll(/^mynodeone: (.*)$/gm)].map(([, text]) => `${address} reports: ${text}`);
  if (own.length > 0) return own.join("\n");
  const refusal = explainSudo(said, user);
  if (refusal !== undefined) return `${subject}: ssh.user is "${user}": at ${address} ${refusal}`;
  const lines = said.trim().split("\n");
  return [
    `${subject}: ssh.host is "${address}": the check of the host failed.`,
    ...lines.map((line) => `${address} says: ${line}`),
  ].join("\n");
}

/** The errors matched here are those of Go's SSH library (golang.org/x/crypto/ssh). */
function explainConnection(
  error: string,
  { subject, address, user, privateKeyOption: key }: FailedHost,
): string {
  const path = key.includes(".") ? "--path " : "";
  // An argument of a program that has options of its own has no such command.
  const command = key.includes(":") ? `: pulumi config set --secret ${path}${key} < FILE` : ".";
  const host = `${subject}: ssh.host is "${address}"`;
  if (error.includes("host key mismatch")) {
    return (
      `${subject}: ssh.hostKey does not match the key of ${address}. If you have reinstalled the host, set its ` +
      "new key: cat /etc/ssh/ssh_host_ed25519_key.pub on its console. Otherwise this may be a man-in-the-middle attack: " +
      "find out first."
    );
  }
  if (error.includes("unable to authenticate")) {
    return (
      `${subject}: ssh.user is "${user}": ${address} refuses ${key} for this user. Add its ` +
      `public key to ~${user}/.ssh/authorized_keys on the host, or set the right private key${command}`
    );
  }
  if (/private key|no key found/.test(error)) {
    return `${key} is not a private key in OpenSSH or PEM format without a passphrase. Set one${command}`;
  }
  const agent = /dial unix (\S+): .*/.exec(error);
  if (agent) {
    return (
      `SSH_AUTH_SOCK is ${JSON.stringify(agent[1])}, where no SSH agent answers (${agent[0]}). The login fails for that ` +
      "reason, although it needs no agent. Start the agent, or unset the variable: env -u SSH_AUTH_SOCK pulumi up"
    );
  }
  const unreachable = /dial tcp.*|handshake failed.*|lookup .*/.exec(error)?.[0];
  if (unreachable !== undefined) {
    return (
      `${host}: it cannot be reached (${unreachable}). Check that the host and its SSH server run, that ssh.host ` +
      "and ssh.port are right, and that nothing on the way blocks the connection."
    );
  }
  return `${host}: the check of the host failed: ${error}`;
}
