import { PolicyPack } from "@pulumi/policy";
import { policies } from "./policies.ts";

/** The pack that `pulumi up --policy-pack policy` runs. */
export const pack = new PolicyPack("mynodeone", { policies });
