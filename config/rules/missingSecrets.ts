import isPlainObject from "is-plain-obj";
import { everyHostHasPrivateKey } from "./privateKeys.ts";
import type { ConfigSource } from "../source.ts";
import type { Problem } from "../schema/problems.ts";
import type { Reader } from "../schema/reader.ts";

/** Only a run needs secrets: a file is checked before they are set. */
export function checkMissingSecrets(source: ConfigSource, reader: Reader): void {
  if (!source.needsSecrets) return;
  for (const { path, message } of missingSecrets(source)) reader.report(path, message);
}

/**
 * Missing secrets that the program needs, each with the command that sets it. Nothing is reported if the source cannot
 * list secrets. For DNS records alone, `cloudflare:apiToken` may also come from the environment; a VPS only gets a
 * token from the stack.
 */
export function missingSecrets(source: ConfigSource): Problem[] {
  const own = source.keys?.() ?? ["sshPrivateKey"];
  const all = Object.keys(source.encryption?.() ?? {});
  const acme = source.get("acme");
  const asksForToken = isPlainObject(acme) && acme.challenge === "dns-01" && all.length > 0;
  return [
    ...(own.includes("sshPrivateKey") || everyHostHasPrivateKey(source) ? [] : [sshPrivateKey]),
    ...(asksForToken && !tokens.some((token) => all.includes(token)) ? [apiToken] : []),
  ];
}

/** Either is sufficient. */
const tokens = ["cloudflare:apiToken", "mynodeone:acmeDnsToken"];

const sshPrivateKey: Problem = {
  path: ["sshPrivateKey"],
  message:
    "missing. Set the private key that logs in to all hosts: " +
    "pulumi config set --secret mynodeone:sshPrivateKey < FILE, or one for each host: " +
    "pulumi config set --secret --path mynodeone:sshPrivateKeys.HOST < FILE",
};

const apiToken: Problem = {
  path: ["cloudflare:apiToken"],
  message:
    "missing, but required by `challenge: dns-01` of mynodeone:acme. Set a token with Zone: Read and " +
    "DNS: Edit: pulumi config set --secret cloudflare:apiToken",
};
