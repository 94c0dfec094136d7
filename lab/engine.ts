import { join } from "node:path";
import { paths } from "./paths.ts";
import { services } from "./topology.ts";

/** The lab's one stack. */
export const stackName = "lab";
/** Where its config file and project settings lie. */
export const workDir = join(paths.lab, "stack");
/** Its backend: states, backups, history and locks. */
export const stateDir = join(paths.lab, "state");
/** What the engine, and whoever speaks with it, needs in its environment. */
export const engineEnvironment = {
  PULUMI_HOME: paths.pulumiHome,
  // By default a file of metadata lies beside each state, and is written in place: an engine that is killed while it
  // does so leaves a state that cannot be read. https://pkg.go.dev/gocloud.dev/blob/fileblob#URLOpener
  PULUMI_BACKEND_URL: `file://${stateDir}?metadata=skip`,
  // The state of a lab is as secret as the lab: its keys lie beside it.
  PULUMI_CONFIG_PASSPHRASE: "lab",
  // The vendors' APIs as the lab serves them: the providers read these variables, and the config cannot set them.
  CLOUDFLARE_BASE_URL: `http://${services.cloudflare.name}/client/v4`,
  TAILSCALE_BASE_URL: `http://${services.tailscale.name}`,
  // What is missing must be an error here: there is no internet to fetch it from.
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  PULUMI_SKIP_UPDATE_CHECK: "true",
  // The program and the stand-in plugins start anew with each operation.
  NODE_COMPILE_CACHE: paths.compiled,
};
