import { isIPv4 } from "node:net";
import { dnsLabel, isDnsLabel, isHostName } from "../../components/inputs/dnsName.ts";
import {
  isAddressOrNetwork,
  isClusterNetwork,
  k3sPods,
  privateNetworksListed,
} from "../../components/inputs/networks.ts";
import { integer, text } from "./fields.ts";
import * as formats from "./formats.ts";

/* Kinds of value shared by several options, each with its wording and fix. */

export function label(example: string) {
  return text({
    kind: "a DNS label",
    example,
    pattern: dnsLabel,
    hint: `Use at most 63 lowercase letters, digits and hyphens, such as ${example}.`,
    suggest: formats.toDnsLabel,
  });
}

type Wording = Pick<Parameters<typeof text>[0], "kind" | "example" | "hint">;

/** A name of one label or more: of a device, a host or a domain. */
export function dnsName(rules: Wording & { valid?: (text: string) => boolean }) {
  return text({ valid: isDnsName, ...rules, pattern: /^[a-z0-9.-]+$/, suggest: formats.toDomain });
}

export function isDnsName(text: string): boolean {
  return isDnsLabel(text) || isHostName(text);
}

export function nonEmpty(kind: string, example: string) {
  return text({ kind, example, pattern: /^[^\s-](.*\S)?$/ });
}

export function httpsUrl(example: string) {
  return text({ kind: "an https:// URL", example, pattern: /^https:\/\//, valid: formats.isHttpsUrl });
}

export function port(example: number) {
  return integer(1, 65535, example);
}

export function ipv4(rules: Wording & { valid?: (text: string) => boolean }) {
  return text({ valid: isIPv4, ...rules, pattern: /^\d{1,3}(\.\d{1,3}){3}$/ });
}

export const subdomain = text({
  kind: 'a DNS label or "@"',
  example: "photos",
  pattern: new RegExp(`^@$|${dnsLabel.source}`),
  hint: 'Use at most 63 lowercase letters, digits and hyphens, such as photos, or "@" for the domain itself.',
  suggest: formats.toDnsLabel,
});

export const addressOrNetwork = text({
  kind: "an IP address or network",
  example: "203.0.113.0/24",
  pattern: /^[0-9a-fA-F.:]+(\/\d{1,3})?$/,
  valid: isAddressOrNetwork,
  suggest: formats.toNetwork,
});

export const clusterNetwork = text({
  kind: "a private IPv4 network",
  example: k3sPods,
  hint: `Set a network within ${privateNetworksListed}, such as ${k3sPods}.`,
  pattern: /^[0-9.]+\/\d{1,2}$/,
  valid: isClusterNetwork,
  suggest: formats.toNetwork,
});
