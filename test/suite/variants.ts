import { variants, type VariantName } from "../../lab/topology.ts";
import type { Job } from "./labs.ts";

/** Lab files whose claims depend on what system a host has. */
const files = ["hosts", "path", "firewall", "access"].map((name) => `test/lab/short/${name}.test.ts`);

/** A job for each variant of the lab but the standard one, on which every file runs. */
export function variantJobs(): Job[] {
  const others = (Object.keys(variants) as VariantName[]).filter((variant) => variant !== "standard");
  return others.map((variant) => ({ name: `on ${variant}`, files, variant }));
}
