import { variants, type VariantName } from "../../lab/topology.ts";
import type { Job } from "./labs.ts";

/** Lab files whose claims depend on a host's system. */
const files = [
  ...["short/hosts", "short/path", "short/firewall", "short/access", "proofs/wayIn"],
  // Debian 12's systemd does not enforce all of a sandbox.
  "proofs/edgeSandbox",
].map((name) => `test/lab/${name}.test.ts`);

/** Variants whose initial VPS is refused by an `up`. */
const own: Partial<Record<VariantName, string[]>> = {
  crowdedVps: ["test/lab/variants/crowdedVps.test.ts"],
};

/** One job for each variant of the lab except the standard one, on which every file runs. */
export function variantJobs(): Job[] {
  const others = (Object.keys(variants) as VariantName[]).filter((variant) => variant !== "standard");
  return others.map((variant) => ({ name: `on ${variant}`, files: own[variant] ?? files, variant }));
}
