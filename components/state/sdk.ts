import * as pulumi from "@pulumi/pulumi";
import { version } from "@pulumi/pulumi/version.js";

/** An error about something undocumented that the SDK or the engine does not offer as expected. */
export function internalError(problem: string, fix: string): pulumi.RunError {
  return new pulumi.RunError(`${problem} (@pulumi/pulumi ${version}). ${fix}`);
}

/** The way out when the SDK has changed. */
export const useTestedSdk = "Use the version of @pulumi/pulumi that mynodeone's package.json names.";

/** The way out when the engine has, which the command line brings. */
export const useTestedEngine = `Run again. If it fails again, install version ${version} of the Pulumi CLI.`;
