import { BlockList } from "node:net";
import isPlainObject from "is-plain-obj";
import { valueAt } from "../../apps/values.ts";
import { isLetsEncrypt } from "../../components/edge/letsEncrypt.ts";
import type { ConfigSource } from "../source.ts";
import type { Path, Problem } from "../schema/problems.ts";
import { show } from "../schema/problems.ts";
import type { Reader } from "../schema/reader.ts";
import { writtenHosts } from "./writtenHosts.ts";

/** Reserved domains: https://www.rfc-editor.org/rfc/rfc2606 */
const documentationDomains = ["example.com", "example.net", "example.org", "example"];

/**
 * Top-level domains that do not exist on the internet: reserved by a standard, or widely used in home networks.
 *
 * @see https://www.iana.org/assignments/special-use-domain-names
 */
const localDomains = [
  "alt",
  "home.arpa",
  "internal",
  "invalid",
  "local",
  "localhost",
  "onion",
  "test",
  "corp",
  "home",
  "intranet",
  "lan",
  "localdomain",
  "mail",
  "private",
];

/** https://www.rfc-editor.org/rfc/rfc5737 */
const documentationAddresses = new BlockList();
for (const network of ["192.0.2.0", "198.51.100.0", "203.0.113.0"])
  documentationAddresses.addSubnet(network, 24);

/** Prefix of the host keys in Pulumi.prod.yaml. */
const sampleKey = /^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleKey/;

/** The sample itself contains them: only a config for a run must not. */
export function checkUnusableValues(source: ConfigSource, reader: Reader): void {
  if (!source.needsOwnValues) return;
  for (const { path, message } of unusableValues(source)) reader.report(path, message);
}

/**
 * Well-formed values that cannot work: those of the sample, Pulumi.prod.yaml, and those that Let's Encrypt refuses
 * (contacts and names outside the internet's domains, and unreachable addresses). Another ACME server may accept the
 * latter. Reads the raw config, so they are reported together with other problems.
 *
 * @see https://github.com/letsencrypt/boulder/blob/main/policy/pa.go
 */
function unusableValues(source: ConfigSource): Problem[] {
  const acme = source.get("acme");
  const server = isPlainObject(acme) ? acme.server : undefined;
  const hosts = writtenHosts(source);
  return [
    ...hosts.flatMap(({ path, host }) =>
      ofHostKey([...path, "ssh", "hostKey"], valueAt(host, ["ssh", "hostKey"])),
    ),
    ...(server === undefined || (typeof server === "string" && isLetsEncrypt(server))
      ? [
          ...ofDomain(["domain"], source.get("domain"), "Set your own domain, with its DNS at Cloudflare."),
          ...ofDomain(
            ["acme", "email"],
            isPlainObject(acme) ? acme.email : undefined,
            "Set your own address.",
          ),
          ...hosts.flatMap(({ path, host }) => ofAddress([...path, "publicIp"], valueAt(host, ["publicIp"]))),
        ]
      : []),
  ];
}

function ofHostKey(path: Path, value: unknown): Problem[] {
  if (typeof value !== "string" || !sampleKey.test(value)) return [];
  const message =
    "is still the sample's key. Run `ssh-keyscan -t ed25519 HOST` and copy what follows the host's name: " +
    "ssh-ed25519 AAAA….";
  return [{ path, message }];
}

/** @param value a domain, or an e-mail address */
function ofDomain(path: Path, value: unknown, fix: string): Problem[] {
  if (typeof value !== "string") return [];
  const name = value.slice(value.lastIndexOf("@") + 1).toLowerCase();
  // A single label is not a domain, and is reported as such.
  const liesIn = (domain: string) => name.includes(".") && `.${name}`.endsWith(`.${domain}`);
  if (documentationDomains.some(liesIn))
    return [{ path, message: `${show(value)} is for documentation only. ${fix}` }];
  const local = localDomains.find(liesIn);
  if (local === undefined) return [];
  const message = `${show(value)} lies in .${local}, which does not exist on the internet: Let's Encrypt refuses it. ${fix}`;
  return [{ path, message }];
}

function ofAddress(path: Path, value: unknown): Problem[] {
  if (typeof value !== "string" || !documentationAddresses.check(value)) return [];
  const message = `${show(value)} is for documentation only. Set the address that your provider gave the VPS.`;
  return [{ path, message }];
}
