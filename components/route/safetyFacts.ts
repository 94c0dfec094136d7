/** Facts of an app for the safety rules. */
export interface SafetyFacts {
  /** Whether it is on the internet. */
  internet: boolean;
  /** Whether browsers are told to refuse plain HTTP. */
  hsts: boolean;
  /** Whether it has a login. */
  login: boolean;
  /** Whether the edge requires a login. */
  edgeLogin: boolean;
  /** Whether its first visitor would become administrator. */
  seatIsFree: boolean;
  /** Whether people upload more than 100 MB at once. */
  uploads: boolean;
  /** Whether its records are proxied by Cloudflare. */
  cdn: boolean;
}
