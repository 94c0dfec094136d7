import type { SafetyFacts } from "../../config/index.ts";

/** The facts of an app that violates no safety rule. */
export const soundFacts: SafetyFacts = {
  internet: true,
  hsts: true,
  login: true,
  edgeLogin: false,
  seatIsFree: false,
  uploads: false,
  cdn: false,
};
