/** A TCP port that one of our units is to listen on. */
export interface PortClaim {
  /** The address it listens on. @default all of the host's */
  address?: string;
  port: number;
  /** The unit that may hold it already. */
  unit: string;
  /** What a user does if somebody else holds it; ends the sentence "Stop that, or …". */
  otherwise: string;
}

/** An address that a host has to have in the tailnet. */
export interface TailnetClaim {
  /** IPv4. */
  address: string;
  /** The option that it comes from, as a user writes it: `mynodeone:edges[0].device`. */
  option: string;
}
