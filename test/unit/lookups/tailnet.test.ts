import { expect } from "chai";
import { deviceAddress, type Device } from "../../../lookups/tailnet.ts";

/** A device as the API lists it. */
function device(name: string, address: string, more: Partial<Device> = {}): Device {
  return {
    name: `${name}.tail1.ts.net`,
    hostname: name,
    addresses: ["fd7a:115c:a1e0::1", address],
    authorized: true,
    isExternal: false,
    keyExpiryDisabled: false,
    expires: "2027-01-01T00:00:00Z",
    tags: [],
    user: "me@example.com",
    ...more,
  };
}

const now = Date.parse("2026-06-01T00:00:00Z");
const vps = device("vps", "100.64.0.1");
const home = device("home", "100.64.0.2");
const find = (wanted: string, ...devices: Device[]) => deviceAddress(devices, wanted, now);

describe("a device of the tailnet", () => {
  it("is found by its full name or its first label, in any case", () => {
    for (const wanted of ["vps", "VPS", "vps.tail1.ts.net"]) {
      expect(find(wanted, home, vps), wanted).to.equal("100.64.0.1");
    }
    const loud = device("Attic", "100.64.0.3", { name: "Attic.tail1.ts.net" });
    expect(find("attic", vps, loud)).to.equal("100.64.0.3");
  });

  it("is found by its assigned name, whatever host name it reports", () => {
    const renamed = device("edge-fra", "100.64.0.1", { hostname: "debian" });
    expect(find("edge-fra", renamed, home)).to.equal("100.64.0.1");
    expect(() => find("debian", renamed, home)).to.throw(
      '"debian" not found in the tailnet. Set the name that `tailscale status` lists. ' +
        "Devices with this host name: edge-fra.tail1.ts.net",
    );
  });

  it("is refused if another one reports the same host name, and found by its full name", () => {
    const impostor = device("vps-1", "100.64.0.66", { hostname: "VPS" });
    for (const devices of [
      [vps, impostor],
      [impostor, vps],
    ]) {
      expect(() => find("vps", ...devices)).to.throw(
        /"vps" matches 2 devices: vps\.tail1.*vps-1\.tail1.*Set the full name/,
      );
      expect(find("vps.tail1.ts.net", ...devices)).to.equal("100.64.0.1");
    }
  });

  it("is refused if it belongs to another tailnet, waits for approval, or has an expired key", () => {
    const unusable: [Partial<Device>, string][] = [
      [{ isExternal: true }, "shared into the tailnet from another one"],
      [{ authorized: false }, "is waiting for approval"],
      [{ expires: "2026-05-31T00:00:00Z" }, "has a key that expired on 2026-05-31"],
      [{ addresses: ["fd7a:115c:a1e0::1"] }, "has no IPv4 address in the tailnet"],
    ];
    for (const [more, reads] of unusable) {
      expect(() => find("vps", device("vps", "100.64.0.1", more))).to.throw(reads);
    }
    const lasting = { keyExpiryDisabled: true, expires: "0001-01-01T00:00:00Z" };
    expect(find("vps", device("vps", "100.64.0.1", lasting))).to.equal("100.64.0.1");
  });
});
