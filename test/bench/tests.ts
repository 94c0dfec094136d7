import { command, lab } from "./command.ts";
import { secondsOf, type Measurement } from "./measurement.ts";

export const unitTests: Measurement<"unit-tests"> = {
  name: "unit-tests",
  figures: { "unit-tests": "npm run test:unit" },
  runs: 3,
  needsLab: false,
  run: async () => ({ "unit-tests": await secondsOf(() => command("npm", ["run", "test:unit"])) }),
};

export const shortTests: Measurement<"short-tests"> = {
  name: "short-tests",
  figures: { "short-tests": "npm test, with no lab up" },
  runs: 1,
  needsLab: false,
  run: async () => {
    await lab("down");
    return { "short-tests": await secondsOf(() => command("npm", ["test"])) };
  },
};

export const proofs: Measurement<"proofs"> = {
  name: "proofs",
  figures: { proofs: "npm run prove, with no lab up" },
  runs: 1,
  needsLab: false,
  onRequest: true,
  run: async () => {
    await lab("down");
    return { proofs: await secondsOf(() => command("npm", ["run", "prove"])) };
  },
};
