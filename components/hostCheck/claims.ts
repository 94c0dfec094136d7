/** A TCP port that one of our units will listen on. */
export interface PortClaim {
  /** The address that it listens on. @default all addresses of the host */
  address?: string;
  /** From 1 to 65535. */
  port: number;
  /** The unit that may already hold it. */
  unit: string;
  /** What to do if another program holds it; ends the sentence "Stop that, or …". */
  otherwise: string;
}

/** An address that a host must have in the tailnet. */
export interface TailnetClaim {
  /** IPv4 address. */
  address: string;
  /** The option that it comes from, as written in the config: `mynodeone:edges[0].device`. */
  option: string;
}
