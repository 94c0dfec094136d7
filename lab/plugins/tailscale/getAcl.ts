import type { GetAclResult } from "@pulumi/tailscale";
import { randomUUID } from "node:crypto";
import { parseHujson } from "../../hujson.ts";
import type { ProviderFunction } from "../framework/provider.ts";
import type { FunctionSchema, Property } from "../framework/schema.ts";
import type { TailscaleApi } from "./api.ts";
import { failing } from "./failing.ts";

const text = { type: "string" } as const satisfies Property;

const outputs = { hujson: text, id: text, json: text } as const satisfies Record<
  keyof GetAclResult,
  Property
>;

const getAclSchema: FunctionSchema = { inputs: {}, outputs };

/**
 * `tailscale:index/getAcl:getAcl` (https://www.pulumi.com/registry/packages/tailscale/api-docs/getacl/): the tailnet's
 * policy file, in HuJSON and as JSON.
 */
export function getAcl(api: () => TailscaleApi): ProviderFunction {
  return {
    schema: getAclSchema,

    async call(_args, { signal }) {
      const hujson = await failing("Failed to fetch ACL", api().policy(signal), signal);
      return { id: randomUUID(), hujson, json: JSON.stringify(parseHujson(hujson)) };
    },
  };
}
