import type { AppSpec, Platform } from "../../config/index.ts";
import type { Hosts } from "../hosts.ts";
import { LookupError } from "../../components/inputs/lookupError.ts";
import { tailnetDevices } from "../tailnet.ts";
import { tailnetPolicy } from "./read.ts";
import { resourcesInState } from "../../components/state/index.ts";
import type { TailnetPolicyArgs } from "../../components/tailnetPolicy/tailnetPolicy.ts";
import { comparePolicy } from "./compare.ts";
import type { PolicyDevice, PolicyFacts } from "../../components/tailnetPolicy/facts.ts";
import { defaultBehind, isDefault, managedPolicy } from "../../components/tailnetPolicy/manage.ts";
import type { Policy } from "./policy.ts";

/** What a run does about the tailnet's policy. */
export interface PolicyPlan {
  /** Notices before anything is changed. */
  notices: string[];
  /** The policy to write. @default it stays unchanged */
  write?: TailnetPolicyArgs;
}

/** Type token of the provider's resource. */
const aclType = "tailscale:index/acl:Acl";

/**
 * Reads the tailnet's policy if `mynodeone:tailnetPolicy` requires it.
 *
 * @throws LookupError, VendorError
 */
export async function planTailnetPolicy(
  mode: Platform["tailnetPolicy"],
  apps: readonly AppSpec[],
  hosts: Hosts,
): Promise<PolicyPlan> {
  if (mode === undefined) return { notices: [] };
  const [devices, policy] = await Promise.all([
    hosts.devices ?? tailnetDevices(),
    tailnetPolicy(mode === "manage" ? "policy_file" : "policy_file:read"),
  ]);
  const facts = policyFacts(apps, hosts, devices);
  if (mode === "compare") return { notices: comparePolicy(policy, facts) };
  return planWrite(policy, facts, await resourcesInState(aclType));
}

function planWrite({ document }: Policy, facts: PolicyFacts, recorded: readonly unknown[]): PolicyPlan {
  const base = defaultBehind(document);
  if (base === undefined) {
    throw new LookupError(
      "manage replaces only Tailscale's default policy. This tailnet's policy has other rules, which would " +
        "be lost. Set compare, which reports the rule to add to yours.",
    );
  }
  const write = {
    text: managedPolicy(base, facts),
    overwrite: recorded.length === 0 && !isDefault(document),
  };
  const wasReset =
    "mynodeone:tailnetPolicy: the tailnet's policy has been reset to the default one, with which every VPS " +
    "reaches every device. Restore the managed policy: pulumi up --refresh";
  return { notices: recorded.length > 0 && isDefault(document) ? [wasReset] : [], write };
}

function policyFacts(
  apps: readonly AppSpec[],
  { edges, controlPlane }: Hosts,
  devices: PolicyDevice[],
): PolicyFacts {
  const deviceOf = ({ name, tailnetIp }: Hosts["controlPlane"]): PolicyDevice => {
    const device = devices.find(({ addresses }) => addresses.includes(tailnetIp));
    if (device) return device;
    throw new LookupError(
      `no device of the tailnet has the address ${tailnetIp} of ${name}. See \`tailscale status\`.`,
    );
  };
  const ports = apps.flatMap(({ internet, proxyPort }) =>
    internet && proxyPort !== undefined ? [proxyPort] : [],
  );
  return {
    edges: edges.map((edge) => ({ name: edge.name, device: deviceOf(edge) })),
    home: deviceOf(controlPlane),
    homeAddress: controlPlane.tailnetIp,
    devices,
    ports: ports.toSorted((a, b) => a - b),
  };
}
