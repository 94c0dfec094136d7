import { expect } from "chai";
import { network } from "../../../lab/cluster/options.ts";
import { certificates } from "../../../lab/cluster/pki.ts";
import { firstAddress } from "../../../lab/cluster/subnet.ts";

describe("certificates", () => {
  const named = (name: string) => certificates(network).find((certificate) => certificate.name === name);

  it("the API server's covers the ways by which clients and pods call it", () => {
    expect(named("apiserver")?.names).to.include.members([
      "DNS:kubernetes.default.svc",
      "DNS:kubernetes.default.svc.cluster.local",
      "IP:10.43.0.1",
      "IP:10.77.0.10",
    ]);
  });

  it("the kubelet's is that of its node, and no more", () => {
    expect(named("kubelet")?.subject).to.equal("/O=system:nodes/CN=system:node:home");
  });

  it("a server's names its addresses, a client's has nothing to name", () => {
    for (const { name, usage, names } of certificates(network))
      expect(names !== undefined, name).to.equal(usage.includes("serverAuth"));
  });
});

describe("firstAddress", () => {
  it("is the one after the network's own", () => {
    expect(firstAddress("10.43.0.0/16")).to.equal("10.43.0.1");
    expect(firstAddress("10.43.7.9/16")).to.equal("10.43.0.1");
    expect(firstAddress("192.168.255.252/30")).to.equal("192.168.255.253");
    expect(firstAddress("0.0.0.0/0")).to.equal("0.0.0.1");
  });

  for (const cidr of ["10.43.0.0", "10.43.0.0/31", "10.43.0.256/24", "fd00::/64"])
    it(`refuses ${cidr}`, () => {
      expect(() => firstAddress(cidr)).to.throw(cidr);
    });
});
