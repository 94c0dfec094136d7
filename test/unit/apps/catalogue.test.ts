import { expect } from "chai";
import { catalogue } from "../../../apps/index.ts";
import type { ChosenApp } from "../../../apps/index.ts";
import { proxyPorts } from "../../../config/index.ts";

const entries = Object.entries(catalogue);

/** An app as it is with the catalogue's values alone. */
function chosen(name: string, values: Record<string, unknown> | undefined, internet: boolean): ChosenApp {
  return { name, host: `${name}.example.com`, url: `https://${name}.example.com`, internet, values };
}

const notices = (name: string, values: Record<string, unknown> | undefined, internet = false) =>
  catalogue[name]?.notices?.(chosen(name, values, internet));

describe("the catalogue", () => {
  it("gives each app a proxy port of its own", () => {
    const ports = entries.map(([, { proxyPort }]) => proxyPort);
    expect(new Set(ports).size).to.equal(entries.length);
    for (const port of ports) expect(port).to.be.within(proxyPorts.first, proxyPorts.last);
  });

  for (const [name, app] of entries) {
    it(`has ${name} behind Service port 80, with a pinned chart that can be found`, () => {
      expect(app.service.port).to.equal(80);
      expect(app.chart.version).to.match(/^\d+\.\d+\.\d+$/);
      expect(app.chart.name.startsWith("oci://")).to.equal(app.chart.repository === undefined);
      expect(app.healthPath).to.match(/^\//);
    });
  }

  describe("immich", () => {
    const env = (values: object) => ({ controllers: { main: { containers: { main: { env: values } } } } });

    it("says that it has no database until the values name one", () => {
      expect(notices("immich", {})).to.have.lengthOf(1);
      expect(notices("immich", env({ DB_USERNAME: "immich" }))).to.have.lengthOf(1);
      expect(notices("immich", env({ DB_HOSTNAME: "immich-database" }))).to.be.empty;
      expect(notices("immich", { server: env({ DB_URL: "postgres://…" }) })).to.be.empty;
    });

    it("leaves the database of an Immich that runs already alone", () => {
      expect(notices("immich", undefined)).to.be.empty;
    });
  });

  describe("vaultwarden", () => {
    const values = catalogue.vaultwarden?.values(chosen("vaultwarden", undefined, false));

    it("lets nobody sign up, and knows its own address", () => {
      expect(values).to.include({
        domain: "https://vaultwarden.example.com",
        signupsAllowed: false,
        signupDomains: "",
      });
    });

    it("warns of the internet, of plain HTTP in the tailnet, and of open sign-ups", () => {
      expect(notices("vaultwarden", values, true)?.join()).to.include("whole internet");
      expect(notices("vaultwarden", values)?.join()).to.include("plain HTTP");
      expect(notices("vaultwarden", values)).to.have.lengthOf(1);
      expect(notices("vaultwarden", { ...values, signupsAllowed: "true" })).to.have.lengthOf(2);
      expect(notices("vaultwarden", { ...values, signupDomains: "example.com" }, true)).to.have.lengthOf(2);
    });

    it("tells how to point the Bitwarden apps at it, once its address works for them", () => {
      const nextSteps = (internet: boolean) =>
        catalogue.vaultwarden?.nextSteps?.(chosen("vaultwarden", values, internet)) ?? [];
      expect(nextSteps(true).join()).to.include("https://vaultwarden.example.com");
      expect(nextSteps(false)).to.be.empty;
    });
  });
});
