import { expect } from "chai";
import { network } from "../../../lab/cluster/options.ts";
import { certificates } from "../../../lab/cluster/pki.ts";
import { firstAddress } from "../../../lab/cluster/subnet.ts";

describe("the lab cluster's certificates", () => {
  const named = (name: string) => certificates(network).find((certificate) => certificate.name === name);

  it("cover the API server's names and addresses", () => {
    expect(named("apiserver")?.names).to.include.members([
      "DNS:kubernetes.default.svc",
      "DNS:kubernetes.default.svc.cluster.local",
      "IP:10.43.0.1",
      "IP:10.77.0.10",
    ]);
  });

  it("identify the kubelet as its own node only", () => {
    expect(named("kubelet")?.subject).to.equal("/O=system:nodes/CN=system:node:home");
  });

  it("have alternative names for servers, but none for clients", () => {
    const all = certificates(network);
    const servers = all.filter(({ usage }) => usage.includes("serverAuth"));
    expect(servers.length).to.be.within(1, all.length - 1);
    expect(all.filter(({ names = [] }) => names.length > 0)).to.deep.equal(servers);
  });
});

describe("firstAddress", () => {
  it("returns the address after the network address", () => {
    expect(firstAddress("10.43.0.0/16")).to.equal("10.43.0.1");
    expect(firstAddress("10.43.7.9/16")).to.equal("10.43.0.1");
    expect(firstAddress("192.168.255.252/30")).to.equal("192.168.255.253");
    expect(firstAddress("0.0.0.0/0")).to.equal("0.0.0.1");
  });

  for (const cidr of ["10.43.0.0", "10.43.0.0/31", "10.43.0.0/33", "10.43.0.256/24", "10.43/16", "fd00::/64"])
    it(`refuses ${cidr}`, () => {
      expect(() => firstAddress(cidr)).to.throw(cidr);
    });
});
