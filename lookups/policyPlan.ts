import type { Settings } from "../config/index.ts";
import { LookupError } from "./failure.ts";
import { tailnetDevices } from "./tailnet.ts";
import { tailnetPolicy } from "./tailnetPolicy.ts";
import { resourcesInState } from "../components/state/index.ts";
import { comparePolicy } from "../components/tailnetPolicy/compare.ts";
import type { PolicyDevice, PolicyFacts } from "../components/tailnetPolicy/facts.ts";
import { defaultBehind, isDefault, managedPolicy } from "../components/tailnetPolicy/manage.ts";
import type { Policy } from "../components/tailnetPolicy/policy.ts";

/** What a run does about the tailnet's policy. */
export interface PolicyPlan {
  /** What to tell before anything is changed. */
  notices: string[];
  /** The policy to write. @default it stays as it is */
  write?: {
    text: string;
    /** Whether it replaces one that the program wrote in a run that was cut off, rather than the default one. */
    overwrite: boolean;
  };
}

/** Type token of the provider's resource. */
export const aclType = "tailscale:index/acl:Acl";

/**
 * Reads the tailnet's policy, as far as `mynodeone:tailnetPolicy` asks for it.
 *
 * @param tailnetIps address of each host, by its name in the config
 * @param known the tailnet's devices, where they have been looked up already
 * @throws LookupError, VendorError
 */
export async function planTailnetPolicy(
  settings: Settings,
  tailnetIps: Record<string, string>,
  known?: PolicyDevice[],
): Promise<PolicyPlan> {
  const { tailnetPolicy: mode } = settings.platform;
  if (mode === undefined) return { notices: [] };
  const [devices, policy] = await Promise.all([
    known ?? tailnetDevices(),
    tailnetPolicy(mode === "manage" ? "policy_file" : "policy_file:read"),
  ]);
  const facts = policyFacts(settings, tailnetIps, devices);
  if (mode === "compare") return { notices: comparePolicy(policy, facts) };
  return planWrite(policy, facts, await resourcesInState(aclType));
}

function planWrite({ document }: Policy, facts: PolicyFacts, recorded: readonly unknown[]): PolicyPlan {
  const base = defaultBehind(document);
  if (base === undefined) {
    throw new LookupError(
      "manage replaces Tailscale's default policy alone, and this tailnet's has other rules, which would be lost. " +
        "Write compare: it tells which rule to add to yours.",
    );
  }
  const write = {
    text: managedPolicy(base, facts),
    overwrite: recorded.length === 0 && !isDefault(document),
  };
  const wasReset =
    "mynodeone:tailnetPolicy: somebody has reset the tailnet's policy to the default one, by which every VPS reaches " +
    "every device. Write it again: pulumi up --refresh";
  return { notices: recorded.length > 0 && isDefault(document) ? [wasReset] : [], write };
}

function policyFacts(
  { platform: { edges, controlPlane }, apps }: Settings,
  tailnetIps: Record<string, string>,
  devices: PolicyDevice[],
): PolicyFacts {
  const deviceOf = (name: string): PolicyDevice => {
    const device = devices.find(({ addresses }) => addresses.includes(tailnetIps[name] ?? ""));
    if (device) return device;
    throw new LookupError(
      `no device of the tailnet has the address ${tailnetIps[name]} of ${name}. See \`tailscale status\`.`,
    );
  };
  const ports = apps.flatMap(({ internet, proxyPort }) =>
    internet && proxyPort !== undefined ? [proxyPort] : [],
  );
  return {
    edges: edges.map(({ name }) => ({ name, device: deviceOf(name) })),
    home: deviceOf(controlPlane.name),
    devices,
    ports: ports.toSorted((a, b) => a - b),
  };
}
