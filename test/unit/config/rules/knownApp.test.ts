import { expect } from "chai";
import { loadConfig } from "../../../../config/index.ts";
import { minimalWith, problemsOf } from "../stackFile.ts";

const isPublic = (apps: object) =>
  loadConfig(minimalWith({ apps }))
    .apps.filter(({ internet }) => internet)
    .map(({ name }) => name);

const problems = (apps: object) => problemsOf(minimalWith({ apps }));

const own = { internet: true, proxyPort: 8100, service: { namespace: "own", name: "own" } };
const version = "1.2.3";
const template = { name: "oci://ghcr.io/bjw-s-labs/helm/app-template", version };
const immichChart = "oci://ghcr.io/immich-app/immich-charts/immich";
const image = (repository: string) => ({
  controllers: { main: { containers: { main: { image: { repository } } } } },
});

/** Apps with another key that are the catalogue's Immich, whose first visitor becomes administrator. */
const disguises: Record<string, object> = {
  "its chart": { own: { ...own, chart: { name: immichChart, version } } },
  "its chart by its digest": { own: { ...own, chart: { name: `${immichChart}@sha256:${"0".repeat(64)}` } } },
  "its chart by its tag": { own: { ...own, chart: { name: `${immichChart}:${version}`, version } } },
  "its chart by tag and digest": {
    own: { ...own, chart: { name: `${immichChart}:${version}@sha256:${"0".repeat(64)}` } },
  },
  "its chart in an archive": { own: { ...own, chart: { name: "./charts/immich-0.12.1.tgz" } } },
  "its chart from another repository": {
    own: { ...own, chart: { name: "immich", repository: "https://charts.example.com", version } },
  },
  "its image": { own: { ...own, chart: template, values: image("ghcr.io/immich-app/immich-server") } },
  "its Service": { own: { ...own, service: { namespace: "immich", name: "immich-server" } } },
  "the Service of an app of the catalogue": {
    immich: { service: { namespace: "photos", name: "web" }, chart: { version: "0.12.0" } },
    own: { ...own, service: { namespace: "photos", name: "web" } },
  },
  "the Service of an app with its chart": {
    photos: {
      proxyPort: 8099,
      chart: { name: immichChart, version },
      service: { namespace: "photos", name: "web" },
    },
    own: { ...own, service: { namespace: "photos", name: "web" } },
  },
};

describe("a safety rule of an app of the catalogue", () => {
  for (const [what, apps] of Object.entries(disguises)) {
    it(`applies to an app with another key that has ${what}`, () => {
      expect(isPublic(apps)).to.be.empty;
      const claimed = Object.fromEntries(
        Object.entries(apps).map(([name, app]) => [
          name,
          { ...(app as object), ...(name === "own" && { adminClaimed: true }) },
        ]),
      );
      expect(isPublic(claimed)).to.deep.equal(["own"]);
    });
  }

  it("is reported once for a Service, at the app that installs it", () => {
    const another = { ...own, service: { namespace: "immich", name: "immich-server" } };
    expect(isPublic({ immich: { adminClaimed: true }, own: another })).to.deep.equal(["own"]);
    expect(isPublic({ immich: { adminClaimed: false }, own: another })).to.be.empty;
    expect(isPublic({ jellyfin: { adminClaimed: true }, own: another })).to.be.empty;
  });

  it("does not apply to the user's own app", () => {
    expect(isPublic({ own })).to.deep.equal(["own"]);
    const others = [
      { own: { ...own, chart: template, values: image("ghcr.io/me/immichael") } },
      { own: { ...own, chart: template, values: { persistence: { data: { path: "/data/immich" } } } } },
      { own: { ...own, service: { namespace: "immich", name: "immich-public-proxy" } } },
      { own: { ...own, service: { namespace: "other", name: "immich-server" } }, immich: {} },
    ];
    for (const apps of others) expect(isPublic(apps), JSON.stringify(apps)).to.deep.equal(["own"]);
  });

  it("requires a login at the edge for the Service of an app without its own login", () => {
    const homepage = { ...own, service: { namespace: "homepage", name: "homepage" } };
    expect(problems({ homepage: {}, own: homepage }).join()).to.match(
      /^mynodeone:apps\.own\.internet: .*login/,
    );
  });
});
