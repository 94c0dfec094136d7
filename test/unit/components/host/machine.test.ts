import { expect } from "chai";
import { machineName, scriptType } from "../../../../components/host/machine.ts";
import { among, inState } from "../state/state.ts";

const script = (name: string, machine: string, host: string, hostKey: string) =>
  inState(scriptType, name, { triggers: [machine, name], connection: { host, port: 22, hostKey } });
const scripts = {
  ...script("vps-traefik", "the vps", "192.0.2.1", "key of the vps"),
  ...script("home-firewall", "the home", "192.0.2.2", "key of the home"),
};

describe("a machine", () => {
  const name = (address: string, key: string) => among(scripts, () => machineName(address, key));

  it("keeps its name when its address or its host key changes", async () => {
    expect(await name("192.0.2.9:22", "key of the vps")).to.equal("the vps");
    expect(await name("192.0.2.1:2222", "key of the vps")).to.equal("the vps");
    expect(await name("192.0.2.1:22", "another key")).to.equal("the vps");
    // The key takes precedence over an address that another machine had before.
    expect(await name("192.0.2.1:22", "key of the home")).to.equal("the home");
  });

  it("gets a new name when both change, or when no script is in the state", async () => {
    expect(await name("192.0.2.9:22", "another key")).to.equal("192.0.2.9:22 another key");
    expect(await among({}, () => machineName("192.0.2.1:22", "key"))).to.equal("192.0.2.1:22 key");
  });
});
