import { expect } from "chai";
import { ssh, type HostName } from "../../lab/run.ts";

/** The program's units for the declared stack. */
const units = {
  home: [
    ...["immich-proxy.socket", "immich-proxy.service"],
    ...["vaultwarden-proxy.socket", "vaultwarden-proxy.service"],
    ...["mynodeone-firewall.service", "mynodeone-edges.service", "mynodeone-cluster.service"],
  ],
  vps: [
    ...["traefik.service", "traefik-ask-again.timer"],
    ...["mynodeone-firewall.service", "mynodeone-egress.service", "mynodeone-clients.service"],
  ],
} as const;

interface UnitState {
  unit: string;
  active: string;
  enabled: string;
  /** Timers and sockets have none. */
  restarts?: number;
}

export async function stateOf(host: HostName, unit: string): Promise<UnitState> {
  const show = "systemctl show --property=ActiveState,SubState,UnitFileState,NRestarts";
  const text = await ssh(host, `${show} ${unit}`);
  const fields = Object.fromEntries(text.split("\n").map((line) => line.split("=") as [string, string]));
  return {
    unit,
    active: `${fields.ActiveState ?? ""} (${fields.SubState ?? ""})`,
    enabled: fields.UnitFileState ?? "",
    ...(fields.NRestarts === undefined ? {} : { restarts: Number(fields.NRestarts) }),
  };
}

/** Units that load a table and end. */
const loaders = ["edges", "cluster", "egress", "clients"].map((name) => `mynodeone-${name}.service`);

function healthy(unit: string): UnitState {
  if (unit.endsWith(".timer")) return { unit, active: "active (waiting)", enabled: "enabled" };
  const active = loaders.includes(unit) ? "active (exited)" : "active (running)";
  const state = { unit, active, enabled: "enabled" };
  return unit.endsWith(".service") ? { ...state, restarts: 0 } : state;
}

/** Each of the program's units has started once, and runs or waits for its time. */
export async function expectUnits(host: "home" | "vps"): Promise<void> {
  const states = await Promise.all(units[host].map((unit) => stateOf(host, unit)));
  expect(states, `units of ${host}`).to.deep.equal(units[host].map(healthy));
}
