import type { PolicyDevice, PolicyFacts } from "../../../../components/tailnetPolicy/facts.ts";
import { readPolicy, type Policy } from "../../../../lookups/tailnetPolicy/policy.ts";

export function device(name: string, number: number, ...tags: string[]): PolicyDevice {
  return {
    name: `${name}.tail1.ts.net`,
    addresses: [`100.64.0.${number}`, `fd7a:115c:a1e0::${number}`],
    tags,
    user: tags.length > 0 ? "tagged-devices" : "me@example.com",
  };
}

/** An edge, the home and a laptop, with apps at 8080 and 8082. */
export function tailnet(
  { edge = [], home = [], laptop = [] }: { edge?: string[]; home?: string[]; laptop?: string[] } = {},
  ports = [8080, 8082],
): PolicyFacts {
  const vps = device("vps", 1, ...edge);
  const atHome = device("home", 2, ...home);
  const devices = [vps, atHome, device("laptop", 3, ...laptop)];
  const edges = [{ name: "contabo", device: vps }];
  return { edges, home: atHome, homeAddress: "100.64.0.2", devices, ports };
}

/** A policy in the format of the lookup. */
export function policyOf(document: object): Policy {
  return readPolicy(JSON.stringify(document));
}
