import { Acl, type AclArgs } from "@pulumi/tailscale/acl.js";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../inputs/childOptions.ts";
import { create, type Transform } from "../inputs/transform.ts";

/** Which policy a tailnet gets. */
export interface TailnetPolicyArgs {
  /** The policy file, in HuJSON. */
  text: string;
  /**
   * Whether it replaces one that the program wrote in an interrupted run, rather than the default one.
   * @default false
   */
  overwrite?: boolean;
  /**
   * A change of the policy file's resource.
   * @default none
   */
  transform?: { acl?: Transform<AclArgs> };
}

/**
 * The tailnet's policy file, from the default one. When it goes, Tailscale's default policy is there again.
 *
 * ```ts
 * new TailnetPolicy("tailnet", { text: managedPolicy(base, facts), overwrite: false });
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
