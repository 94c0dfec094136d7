import { Acl, type AclArgs } from "@pulumi/tailscale/acl.js";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../inputs/childOptions.ts";
import { create, type Transform } from "../inputs/transform.ts";

/** Inputs of a tailnet's policy. */
export interface TailnetPolicyArgs {
  /** The policy file, in HuJSON. */
  text: string;
  /**
   * Whether it may replace a policy that an interrupted run has written, rather than the default one.
   * @default false
   */
  overwrite?: boolean;
  /**
   * A change to the policy file's resource.
   * @default none
   */
  transform?: { acl?: Transform<AclArgs> };
}

/**
 * The tailnet's policy file, in place of the default one. Removing it restores Tailscale's default policy.
 *
 * ```ts
 * const tagOwners = { "tag:edge": ["autogroup:admin"], "tag:home": ["autogroup:admin"] };
 * const people = { action: "accept", src: ["autogroup:member"], dst: ["*:*"] };
 * const edges = { action: "accept", proto: "tcp", src: ["tag:edge"], dst: ["tag:home:8080"] };
 * new TailnetPolicy("tailnet", { text: JSON.stringify({ tagOwners, acls: [people, edges] }) });
 * ```
 *
 * @see https://www.pulumi.com/registry/packages/tailscale/api-docs/acl/
 */
export class TailnetPolicy extends pulumi.ComponentResource {
  /** The policy file's resource. */
  readonly acl: Acl;

  constructor(
    name: string,
    { text, overwrite, transform }: TailnetPolicyArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("mynodeone:index:TailnetPolicy", name, {}, opts);
    this.acl = create(
      Acl,
      transform?.acl,
      `${name}-acl`,
      { acl: text, resetAclOnDestroy: true, ...(overwrite && { overwriteExistingContent: true }) },
      childOptions(this, opts),
    );
    this.registerOutputs({});
  }
}
