import { traefikUnit } from "../names.ts";

/** The TCP ports that an edge's Traefik listens on, as claims for the edge's `HostCheck`. */
export const edgePorts = [80, 443].map((port) => ({ port, unit: traefikUnit, otherwise: "use another VPS" }));
