import * as pulumi from "@pulumi/pulumi";
import { version } from "@pulumi/pulumi/version.js";

/** An error about an undocumented function that is missing from the SDK or engine, or has changed. */
export function internalError(problem: string, fix: string): pulumi.RunError {
  return new pulumi.RunError(`${problem} (@pulumi/pulumi ${version}). ${fix}`);
}

/** Fix if the SDK has changed. */
export const useTestedSdk = "Use the version of @pulumi/pulumi that mynodeone's package.json names.";

/** Fix if the engine has changed, which comes with the command line. */
export const useTestedEngine = `Run again. If it fails again, install version ${version} of the Pulumi CLI.`;
