import { rebootMachine } from "../../../lab/reboot.ts";
import { closeRouter, itLetsInNobodyElse, prepareHosts, type HomeAddresses } from "../vantagePoints.ts";

describe("the firewall of hosts that were rebooted", function () {
  let home: HomeAddresses;

  before(async () => {
    home = await prepareHosts();
    await Promise.all([rebootMachine("home"), rebootMachine("vps")]);
  });

  after(() => closeRouter(home));

  itLetsInNobodyElse(() => home);
});
