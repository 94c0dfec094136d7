import { expect } from "chai";
import type { Registration } from "../engine.ts";
import { find, runProgram, scriptOf } from "../engine.ts";
import { aControlPlane, ssh } from "../platform.ts";

const names = (resources: Registration[]) => resources.map(({ name, parent }) => `${parent} > ${name}`);

describe("ControlPlane", () => {
  it("keeps the required ports open and gives proxies the address of the cluster's DNS", async () => {
    const { resources } = await runProgram(() => aControlPlane({ ssh: { ...ssh, port: 2222 } }));
    expect(find(resources, "home").type).to.equal("mynodeone:index:ControlPlane");
    expect(names(resources)).to.include.members(["home > home-firewall", "home > home-proxy-tools"]);
    const firewall = scriptOf(find(resources, "home-firewall"));
    for (const rule of ["allow 41641/udp", "route allow from 10.42.0.0/16"]) {
      expect(firewall).to.contain(`'${rule}'`);
    }
    expect(firewall).to.contain("for port in 6443;");
    expect(firewall).to.contain('"allow from 192.168.0.0/16 to any port $port proto tcp"');
    expect(firewall, "besides the port that the session came in by").to.contain("2222 $port_in");
    expect(scriptOf(find(resources, "home-proxy-tools"))).to.contain("nameserver 10.43.0.10");
  });

  it("stores the private key only in the connection", async () => {
    const { resources } = await runProgram(() => aControlPlane());
    const withKey = resources.filter(({ inputs }) => JSON.stringify(inputs).includes("the private key"));
    expect(withKey).not.to.be.empty;
    for (const { name, inputs } of withKey) {
      const others = JSON.stringify({ ...inputs, connection: undefined });
      expect(others, name).not.to.contain("the private key");
    }
  });
});
