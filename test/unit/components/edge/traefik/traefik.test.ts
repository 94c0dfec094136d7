import { expect } from "chai";
import fc from "fast-check";
import { parse } from "yaml";
import { removeTraefik, setUpTraefik } from "../../../../../components/edge/traefik/scripts.ts";
import { renderTraefikStatic } from "../../../../../components/edge/traefik/static.ts";
import { renderTraefikUnit } from "../../../../../components/edge/traefik/unit.ts";
import { anyText } from "../../../arbitraries.ts";
import { matchSnapshot } from "../../../snapshot.ts";
import { matchScript } from "../../shell.ts";

const acme = { email: "me@example.com", challenge: "http-01" as const };

describe("Traefik's unit", () => {
  it("matches its snapshot", () => {
    const unit = renderTraefikUnit({
      memoryPercent: 50,
      allowedNetworks: "100.64.0.2 127.0.0.53",
      bindProbe: "ipv6:tcp:0",
    });
    matchSnapshot("components/traefik.service", unit);
  });
});

describe("Traefik's static configuration", () => {
  it("matches its snapshots for http-01 and dns-01", () => {
    matchSnapshot("components/traefik.yaml", renderTraefikStatic({ ...acme, ownCa: false }));
    const other = { ...acme, server: "https://ca.test/dir", ownCa: true, challenge: "dns-01" as const };
    matchSnapshot("components/traefik-dns.yaml", renderTraefikStatic(other));
  });

  it("treats the ACME email and server as data", () => {
    fc.assert(
      fc.property(anyText, anyText, (email, server) => {
        const { certificatesResolvers } = parse(
          renderTraefikStatic({ ...acme, email, server, ownCa: false }),
        ) as { certificatesResolvers: Record<string, { acme: object }> };
        const [resolver] = Object.values(certificatesResolvers);
        expect(resolver?.acme).to.deep.include({ email, caServer: server });
      }),
    );
  });
});

describe("Traefik's scripts", () => {
  const scripts = {
    "traefik.sh": setUpTraefik(acme),
    "traefik-dns.sh": setUpTraefik({ ...acme, challenge: "dns-01", caCertificate: "PEM\n" }),
    "traefik-remove.sh": removeTraefik(),
  };
  for (const [name, script] of Object.entries(scripts)) {
    it(`match the snapshot of ${name}`, () => {
      matchScript(name, script);
    });
  }
});
