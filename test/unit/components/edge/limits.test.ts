import { expect } from "chai";
import { parse } from "yaml";
import { renderTraefikFirewall } from "../../../../components/edge/traefik/firewall.ts";
import { appMiddlewares } from "../../../../components/route/middlewares.ts";
import { renderTraefikStatic } from "../../../../components/edge/traefik/static.ts";
import { renderTraefikUnit } from "../../../../components/edge/traefik/unit.ts";
import { matchSnapshot } from "../../snapshot.ts";

const acme = { email: "me@example.com", ownCa: false, challenge: "http-01" } as const;

interface EntryPoint {
  transport?: { respondingTimeouts: { readTimeout: string; idleTimeout: string } };
  http2?: { maxConcurrentStreams: number };
}

const websecure = (limits?: object) =>
  (parse(renderTraefikStatic({ ...acme, limits })) as { entryPoints: { websecure: EntryPoint } }).entryPoints
    .websecure;

describe("an edge's limits", () => {
  it("allow an upload of several hours, but let no connection hang for ever", () => {
    expect(websecure().transport?.respondingTimeouts).to.deep.equal({
      readTimeout: "24h",
      idleTimeout: "3m",
    });
    const shorter = websecure({ requestHours: 2, streams: 50 });
    expect(shorter.transport?.respondingTimeouts.readTimeout).to.equal("2h");
    expect(shorter.http2).to.deep.equal({ maxConcurrentStreams: 50 });
    expect(websecure().http2).to.deep.equal({ maxConcurrentStreams: 100 });
  });

  it("count connections by IPv4 address and IPv6 network, but not those of a trusted CDN", () => {
    const trustedProxies = ["203.0.113.0/24", "2001:db8::/32"];
    matchSnapshot("components/clients.nft", renderTraefikFirewall({ connections: 256, trustedProxies }));
  });

  it("count an app's requests by the same address as its other limits", () => {
    const route = { hosts: ["photos.example.com"], hsts: false, requestsInFlight: 7 };
    const direct = appMiddlewares("a", { ...route, cdn: true });
    expect(direct["a-in-flight"]).to.deep.equal({
      inFlightReq: { amount: 7, sourceCriterion: { ipStrategy: { ipv6Subnet: 64 } } },
    });
    const relayed = appMiddlewares("a", { ...route, cdn: true, trustedProxies: ["203.0.113.0/24"] }, true);
    expect(relayed["a__in-flight"]).to.deep.equal({
      inFlightReq: { amount: 7, sourceCriterion: { ipStrategy: { depth: 1, ipv6Subnet: 64 } } },
    });
    const { requestsInFlight, ...unlimited } = route;
    expect(requestsInFlight).to.equal(7);
    expect(JSON.stringify(appMiddlewares("a", unlimited))).to.contain('"amount":192');
  });

  it("block Traefik's unit from private networks, except for the named addresses", () => {
    const unit = renderTraefikUnit({
      memoryPercent: 50,
      allowedNetworks: "100.64.0.2 127.0.0.53",
      bindProbe: "ipv6:tcp:0",
    });
    for (const network of ["link-local", "localhost", "10.0.0.0/8", "100.64.0.0/10", "fc00::/7"])
      expect(/^IPAddressDeny=(.*)$/m.exec(unit)?.[1]?.split(" ")).to.include(network);
    expect(unit)
      .to.match(/^IPAddressAllow=100\.64\.0\.2 127\.0\.0\.53$/m)
      .and.match(/^MemoryMax=50%$/m);
  });
});
