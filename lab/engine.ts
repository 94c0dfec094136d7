import { join } from "node:path";
import { paths } from "./paths.ts";

/** The lab's one stack. */
export const stackName = "lab";
/** Where its config file and project settings lie. */
export const workDir = join(paths.lab, "stack");
/** Its backend: states, backups, history and locks. */
export const stateDir = join(paths.lab, "state");
/** What the engine, and whoever speaks with it, needs in its environment. */
export const engineEnvironment = {
  PULUMI_HOME: paths.pulumiHome,
  PULUMI_BACKEND_URL: `file://${stateDir}`,
  // The state of a lab is as secret as the lab: its keys lie beside it.
  PULUMI_CONFIG_PASSPHRASE: "lab",
  // What is missing must be an error here: there is no internet to fetch it from.
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  PULUMI_SKIP_UPDATE_CHECK: "true",
};
