import type { AclArgs } from "@pulumi/tailscale";
import { randomUUID } from "node:crypto";
import { parseHujson } from "../../hujson.ts";
import { diffProperties } from "../framework/diff.ts";
import { unknownValue, type Properties } from "../framework/properties.ts";
import type { CheckFailure, Resource } from "../framework/provider.ts";
import { misfits, type Property, type ResourceSchema } from "../framework/schema.ts";
import type { TailscaleApi } from "./api.ts";
import { failing } from "./failing.ts";

const inputs = {
  acl: { type: "string", required: true },
  overwriteExistingContent: { type: "boolean" },
  resetAclOnDestroy: { type: "boolean" },
} as const satisfies Record<keyof AclArgs, Property>;

const aclSchema: ResourceSchema = { inputs, outputs: {} };

/**
 * `tailscale:index/acl:Acl` (https://www.pulumi.com/registry/packages/tailscale/api-docs/acl/): the whole policy file.
 *
 * Its creation requires an unchanged default policy, unless `overwriteExistingContent` is set. An update replaces any
 * policy, and so does a removal with `resetAclOnDestroy`; any other removal leaves it.
 */
export function acl(api: () => TailscaleApi): Resource {
  return {
    schema: aclSchema,

    check(news) {
      return { inputs: news, failures: [...declared(news), ...unreadable(news.acl)] };
    },

    // The official plugin ignores a difference in white space only.
    diff({ state, inputs: olds }, news) {
      return { changes: diffProperties({ ...olds, acl: state.acl }, news), replaces: () => false };
    },

    async create(news, { signal }) {
      const ifMatch = news.overwriteExistingContent === true ? undefined : "ts-default";
      await failing("Failed to set ACL", api().setPolicy(String(news.acl), ifMatch, signal), signal).catch(
        (error: unknown) => {
          if (error instanceof Error && error.message.endsWith("(412)")) throw overwriteProtected(error);
          throw error;
        },
      );
      return { id: randomUUID(), state: news };
    },

    async update(_id, _old, news, { signal }) {
      await failing("Failed to update ACL", api().setPolicy(String(news.acl), undefined, signal), signal);
      return news;
    },

    async delete(_id, { resetAclOnDestroy }, { signal }) {
      if (resetAclOnDestroy !== true) return;
      await failing("Failed to reset ACL", api().setPolicy("", undefined, signal), signal);
    },

    async read(id, state, olds, { signal }) {
      const live = await failing("Failed to fetch ACL", api().policy(signal), signal);
      return { id, state: { ...state, acl: live }, inputs: { ...olds, acl: live } };
    },
  };
}

function declared(news: Properties): CheckFailure[] {
  return misfits(inputs, news).map(({ path, problem }) => ({
    property: path,
    reason: problem === "missing" ? `Missing required property '${path}'` : `${problem} property "${path}"`,
  }));
}

function unreadable(policy: unknown): CheckFailure[] {
  if (typeof policy !== "string" || policy === unknownValue) return [];
  try {
    parseHujson(policy);
    return [];
  } catch (error) {
    return [{ property: "acl", reason: `Attribute acl is invalid HuJSON, got: ${String(error)}` }];
  }
}

function overwriteProtected(cause: Error): Error {
  return new Error(
    "Overwrite Protected: You are trying to overwrite a non-default policy. Please import the ACL first or set " +
      "overwrite_existing_content = true.",
    { cause },
  );
}
