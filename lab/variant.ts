import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "./paths.ts";
import { systems, type System } from "./systems.ts";
import { machineSystems, variants, type MachineName, type VariantName } from "./topology.ts";

const record = join(paths.lab, "variant");

/**
 * This lab's variant: the one with which it was created, or for a new lab the one that `MYNODEONE_VARIANT` names.
 *
 * @default standard
 */
export function variantName(): VariantName {
  return chosenVariant(process.env.MYNODEONE_VARIANT, record);
}

/** @param record the file with the variant's name of an existing lab */
export function chosenVariant(wish: string | undefined, record: string): VariantName {
  const made = existsSync(record) ? readFileSync(record, "utf8") : undefined;
  if (wish !== undefined && made !== undefined && wish !== made)
    throw new Error(
      `MYNODEONE_VARIANT is "${wish}", but this lab was created as "${made}": take it down first ` +
        "(npm run lab -- down)",
    );
  const name = made ?? wish ?? "standard";
  if (isVariant(name)) return name;
  throw new Error(
    `MYNODEONE_VARIANT: unknown variant "${name}". Available: ${Object.keys(variants).join(", ")}`,
  );
}

function isVariant(name: string): name is VariantName {
  return Object.hasOwn(variants, name);
}

/** Records the lab's variant until the lab is removed. */
export function rememberVariant(): void {
  const name = variantName();
  mkdirSync(paths.lab, { recursive: true });
  writeFileSync(record, name);
}

/** The system that a machine of this lab boots. */
export function systemOf(machine: MachineName): System {
  return systems[machineSystems(variantName())[machine]];
}
