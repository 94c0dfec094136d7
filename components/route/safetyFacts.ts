/** What the safety rules judge an app by. */
export interface SafetyFacts {
  /** Whether the whole internet may reach it. */
  internet: boolean;
  /** Whether browsers are told to refuse plain HTTP. */
  hsts: boolean;
  /** Whether it has a login of its own. */
  login: boolean;
  /** Whether the edge lets nobody through without a login. */
  edgeLogin: boolean;
  /** Whether its first visitor would become administrator. */
  seatIsFree: boolean;
  /** Whether people upload more than 100 MB to it at once. */
  uploads: boolean;
  /** Whether its records are proxied by Cloudflare. */
  cdn: boolean;
}
