import * as pulumi from "@pulumi/pulumi";
import { hookInRun } from "./hookInRun.ts";
import { resourcesInState } from "./stateReader.ts";

/** What is claimed, and for which resource. */
export interface ClaimArgs {
  /** The thing outside of the state, such as namespace and name of a Helm release. Another one is claimed anew. */
  id: string;
  /** The resource that is going to manage it, which has to depend on the claim. */
  owner: { type: string; name: string };
  /** Why the thing cannot be claimed, as the message for the user; undefined if nobody else has it. */
  refusal: () => Promise<string | undefined>;
}

/**
 * Writes into the state that a thing is this stack's before the thing is made.
 *
 * A thing outside of the state carries no mark of its owner. If the claim is in the state, an interrupted run of this stack
 * made the thing, and it may be adopted. If the claim is not, somebody else did, and the claim is refused.
 *
 * Proof in the lab: "is not adopted: the run fails and does not change it" and "adopts a release missing from the
 * state" in `test/lab/proofs/interrupted/cutOff.test.ts`.
 *
 * @see https://www.pulumi.com/docs/iac/concepts/resources/options/hooks/
 */
export function claim(
  name: string,
  { id, owner, refusal }: ClaimArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const refuseForeign = hookInRun(async () => {
    const known = await resourcesInState(owner.type);
    if (known.some((resource) => resource.name === owner.name)) return;
    const reason = await refusal();
    if (reason !== undefined) throw new Error(reason);
  });
  const hooks = { beforeCreate: [refuseForeign], beforeUpdate: [refuseForeign] };
  return new pulumi.Stash(name, { input: id }, pulumi.mergeOptions(opts, { hooks }));
}
