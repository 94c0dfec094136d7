import { rebootMachine } from "../../../lab/reboot.ts";
import {
  awaitPaths,
  closeRouter,
  itLetsInNobodyElse,
  prepareHosts,
  type HomeAddresses,
} from "../vantagePoints.ts";

describe("the firewall of hosts that were rebooted", () => {
  let home: HomeAddresses;

  before(async () => {
    home = await prepareHosts();
    await Promise.all([rebootMachine("home"), rebootMachine("vps")]);
    await awaitPaths(home);
  });

  after(() => closeRouter(home));

  itLetsInNobodyElse(() => home);
});
