import { command } from "./command.ts";
import { secondsOf, type Measurement } from "./measurement.ts";

export const unitTests: Measurement<"unit-tests"> = {
  name: "unit-tests",
  figures: { "unit-tests": "npm run test:unit" },
  runs: 3,
  needsLab: false,
  run: async () => ({ "unit-tests": await secondsOf(() => command("npm", ["run", "test:unit"])) }),
};

export const allTests: Measurement<"all-tests"> = {
  name: "all-tests",
  figures: { "all-tests": "npm test while the lab is up" },
  runs: 1,
  needsLab: true,
  run: async () => ({ "all-tests": await secondsOf(() => command("npm", ["test"])) }),
};
