import type { SafetyFacts } from "../../config/index.ts";

/** An app that no safety rule has anything against. */
export const soundFacts: SafetyFacts = {
  internet: true,
  hsts: true,
  login: true,
  edgeLogin: false,
  seatIsFree: false,
  uploads: false,
  cdn: false,
};
