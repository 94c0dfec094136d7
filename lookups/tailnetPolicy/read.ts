import { getAcl } from "@pulumi/tailscale/getAcl.js";
import { LookupError } from "../../components/inputs/lookupError.ts";
import { refusalOf, saying } from "../vendor.ts";
import { readPolicy } from "./policy.ts";
import type { Policy } from "./policy.ts";

/**
 * The policy of the tailnet.
 *
 * @param scope the scope that an error recommends for the OAuth client
 * @throws LookupError, VendorError
 * @see https://tailscale.com/kb/1395/tailnet-policy-file
 */
export async function tailnetPolicy(scope: "policy_file" | "policy_file:read"): Promise<Policy> {
  const { json } = await getAcl().catch((error: unknown) => {
    const { reason, status } = refusalOf(error, "Tailscale");
    if (status === 403 || /permission/i.test(reason)) {
      throw new LookupError(
        "tailscale:oauthClientId is not allowed to read the tailnet's policy. Give the OAuth client the " +
          `scope ${scope}, or remove mynodeone:tailnetPolicy.${saying(reason)}`,
      );
    }
    throw new LookupError(
      "mynodeone:tailnetPolicy: the tailnet's policy cannot be looked up. Remove the option to run without it." +
        saying(reason),
    );
  });
  try {
    return readPolicy(json);
  } catch (error) {
    throw new LookupError(`the tailnet's policy cannot be read (${String(error)}).`);
  }
}
