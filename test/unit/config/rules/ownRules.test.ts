import { expect } from "chai";
import { minimalWith, problemsOf } from "../stackFile.ts";

const problems = (apps: object) => problemsOf(minimalWith({ apps }));

const own = { internet: true, proxyPort: 8100, service: { namespace: "own", name: "own" } };
const version = "1.2.3";
const template = { name: "oci://ghcr.io/bjw-s-labs/helm/app-template", version };
const image = (repository: string) => ({
  controllers: { main: { containers: { main: { image: { repository } } } } },
});

describe("Vaultwarden's own rules", () => {
  it("require closed sign-ups for the Service of a Vaultwarden", () => {
    const service = { namespace: "vaultwarden", name: "vaultwarden" };
    const apps = { vaultwarden: { values: { signupsAllowed: true } }, own: { ...own, service } };
    expect(problems(apps).join()).to.match(/^mynodeone:apps\.vaultwarden\.values: own makes it public/);
    expect(problems({ vaultwarden: {}, own: { ...own, service } })).to.be.empty;
  });

  const vaultwardens: Record<string, object> = {
    "the chart": { chart: { name: "oci://charts.example.com/vaultwarden", version } },
    "an image": { chart: template, values: image("docker.io/vaultwarden/server") },
  };
  for (const [what, options] of Object.entries(vaultwardens)) {
    it(`require closed sign-ups and HSTS for an app with another key that has ${what} of Vaultwarden`, () => {
      expect(problems({ own: { ...own, ...options, hsts: false } }).join("\n"))
        .to.match(/^mynodeone:apps\.own\.values: .*open an account/m)
        .and.match(/^mynodeone:apps\.own\.hsts: .*HTTPS-only/m);
      expect(problems({ own: { ...own, ...options, internet: false } })).to.be.empty;
    });
  }

  it("require HSTS for the Service of a Vaultwarden, installed by the same stack or not", () => {
    const service = { namespace: "vaultwarden", name: "vaultwarden" };
    for (const others of [{ vaultwarden: {} }, {}])
      expect(problems({ ...others, own: { ...own, service, hsts: false } }).join()).to.match(
        /^mynodeone:apps\.own\.hsts: [^,]*HTTPS-only[^,]*$/,
      );
  });

  it("require closed sign-ups for the Service of a Vaultwarden in an entry with another app's key", () => {
    const service = { namespace: "vaultwarden", name: "vaultwarden" };
    const apps = {
      vaultwarden: { values: { signupsAllowed: true } },
      jellyfin: { internet: true, adminClaimed: true, service },
    };
    expect(problems(apps).join()).to.match(/^mynodeone:apps\.vaultwarden\.values: jellyfin makes it public/);
  });
});
