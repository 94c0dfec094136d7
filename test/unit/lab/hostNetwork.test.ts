import { expect } from "chai";
import { networkFiles } from "../../../lab/hostNetwork.ts";
import { hosts, macOf } from "../../../lab/topology.ts";
import { matchSnapshot } from "../snapshot.ts";

describe("the network files of a lab machine", () => {
  it("match the snapshot, for each host and each way to configure it", () => {
    const hostsAndWays = (["vps", "home"] as const).flatMap((host) =>
      (["ifupdown", "networkd"] as const).map((network) => ({ host, network })),
    );
    const texts = hostsAndWays.map(({ host, network }) => {
      const files = Object.entries(networkFiles(hosts[host], { network }));
      const lines = files.map(([path, file]) =>
        typeof file === "string" ? `── ${path}\n${file}` : `── ${path} -> ${file.linkTo}\n`,
      );
      return `════ ${host}, ${network}\n${lines.join("")}`;
    });
    matchSnapshot("lab/network-files.txt", texts.join("\n"));
  });

  it("contain no address that the host gets from the router", () => {
    const text = JSON.stringify(networkFiles(hosts.home, { network: "networkd" }));
    expect(text).to.contain("DHCP=ipv4").and.not.contain(`Address=${hosts.home.address}`);
    const fixed = JSON.stringify(networkFiles(hosts.vps, { network: "networkd" }));
    expect(fixed).to.contain(`Address=${hosts.vps.address}/24`).and.not.contain("DHCP=");
  });
});

describe("a lab host's hardware address", () => {
  it("is a locally administered one derived from its IPv4 address", () => {
    expect(macOf({ address: "10.77.0.10" })).to.equal("02:00:0a:4d:00:0a");
  });
});
