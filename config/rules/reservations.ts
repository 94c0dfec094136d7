import isPlainObject from "is-plain-obj";
import type { Catalogue } from "../../apps/definition.ts";
import { valueAt } from "../../apps/values.ts";
import type { ConfigSource } from "../source.ts";
import type { Reservation } from "./ports.ts";

/** Ports on the control plane that are reserved. */
export function reservations(source: ConfigSource, catalogue: Catalogue): Reservation[] {
  return [...catalogueReservations(catalogue), ...sshReservation(source)];
}

function catalogueReservations(catalogue: Catalogue): Reservation[] {
  return Object.entries(catalogue).map(([app, { proxyPort }]) => ({
    port: proxyPort,
    owner: `${app} of the catalogue`,
    app,
  }));
}

/** A proxy cannot use the port of the control plane's SSH server. Reads the raw config, even with other problems. */
function sshReservation(source: ConfigSource): Reservation[] {
  const controlPlane = source.get("controlPlane");
  const port = isPlainObject(controlPlane) ? valueAt(controlPlane, ["ssh", "port"]) : undefined;
  return typeof port === "number" ? [{ port, owner: "the control plane's SSH server" }] : [];
}
