import * as pulumi from "@pulumi/pulumi";
import { hookInRun } from "./hookInRun.ts";
import { resourcesInState } from "./stateReader.ts";

/** What is claimed, and by which resource. */
export interface ClaimArgs {
  /** The object outside the state, such as namespace and name of a Helm release. A changed id is a new claim. */
  id: string;
  /** The resource that will manage it. It must depend on the claim. */
  owner: { type: string; name: string };
  /** Why the object cannot be claimed, as a message for the user; undefined if it has no other owner. */
  refusal: () => Promise<string | undefined>;
}

/**
 * Records in the state that an object belongs to this stack, before the object is created.
 *
 * An object outside the state has no mark of its owner. If the claim is in the state, an interrupted run of this stack
 * created the object, and it may be adopted. Otherwise somebody else did, and the claim is refused.
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
