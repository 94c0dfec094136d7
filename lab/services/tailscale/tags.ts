import { ApiError } from "./apiError.ts";
import type { Actor } from "./credentials.ts";
import type { Policy } from "./policy.ts";

/**
 * Throws unless the policy defines every tag, and the OAuth client has each of them or a tag that owns it:
 * https://tailscale.com/kb/1068/tags
 */
export function checkTags(tags: readonly string[], policy: Policy, actor: Actor): void {
  const refused = tags.filter((tag) => {
    const owners = policy.tagowners[tag];
    if (!owners) return true;
    const own = actor.client?.tags ?? [];
    return own.length > 0 && !own.includes(tag) && !owners.some((owner) => own.includes(owner));
  });
  if (refused.length > 0) {
    throw new ApiError(400, `requested tags [${refused.join(" ")}] are invalid or not permitted`);
  }
}
