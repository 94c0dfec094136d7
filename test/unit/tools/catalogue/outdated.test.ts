import { expect } from "chai";
import { catalogue } from "../../../../apps/index.ts";
import { refresh, type Outside } from "../../../../tools/catalogue/refresh.ts";
import { reportOutdated } from "../../../../tools/catalogue/report.ts";
import {
  readUpstream,
  shippedApps,
  type Upstream,
  type UpstreamApp,
} from "../../../../tools/catalogue/upstream.ts";
import { compareVersions, versionOf } from "../../../../tools/catalogue/versions.ts";

const today = new Date("2026-11-26T12:00:00Z");
const immich: UpstreamApp = {
  repository: "immich-app/immich",
  image: "ghcr.io/immich-app/immich-server",
  app: "3.3.5",
  chart: "0.12.1",
  advisories: [
    { id: "CVE-1", fixedIn: "3.3.2" },
    { id: "CVE-2", through: "3.3.1" },
    { id: "CVE-3", fixedIn: "2.0.0" },
  ],
};
const upstream: Upstream = { refreshed: "2026-11-20", apps: { immich } };

describe("the report of npm run outdated", () => {
  it("names what is behind, and only the advisories that affect it", () => {
    const { lines, vulnerable } = reportOutdated(
      upstream,
      { immich: { app: "3.3.1", chart: "0.11.0" } },
      today,
    );
    expect(vulnerable).to.equal(true);
    expect(lines).to.deep.equal([
      "immich: app 3.3.1, newest 3.3.5",
      "immich: chart 0.11.0, newest 0.12.1",
      "immich: 3.3.1 has CVE-1, fixed in 3.3.2",
      "immich: 3.3.1 has CVE-2, known up to 3.3.1",
      "Upstream was last checked on 2026-11-20.",
    ]);
  });

  it("says so when nothing is behind", () => {
    const { lines, vulnerable } = reportOutdated(
      upstream,
      { immich: { app: "3.3.5", chart: "0.12.1" } },
      today,
    );
    expect(vulnerable).to.equal(false);
    expect(lines[0]).to.equal("No app or chart of the catalogue is behind.");
  });

  it("shows its age once it is older than a month", () => {
    const later = new Date("2027-01-10T00:00:00Z");
    const { lines } = reportOutdated(upstream, { immich: { app: "3.3.5", chart: "0.12.1" } }, later);
    expect(lines.at(-1)).to.include("51 days ago");
  });
});

describe("apps/upstream.json", () => {
  it("contains each app of the catalogue, its chart's image, and no older version than that", () => {
    const known = readUpstream();
    expect(Object.keys(known.apps)).to.have.members(Object.keys(catalogue));
    for (const [name, shipped] of Object.entries(shippedApps(known))) {
      const { app, chart } = known.apps[name] as UpstreamApp;
      expect(compareVersions(shipped.app, app), `${name}: app`).to.be.at.most(0);
      expect(compareVersions(shipped.chart, chart), `${name}: chart`).to.be.at.most(0);
    }
  });

  it("gives the version of each app by its image", () => {
    expect(shippedApps(readUpstream()))
      .to.have.nested.property("vaultwarden.app")
      .that.matches(/^\d+\.\d+\.\d+$/);
    const wrong = { ...upstream, apps: { immich: { ...immich, image: "ghcr.io/else" } } };
    expect(() => shippedApps(wrong)).to.throw("immich: image: no container");
  });
});

describe("npm run outdated -- --refresh", () => {
  const answers: Record<string, unknown> = {
    "/repos/immich-app/immich/releases/latest": { tag_name: "v3.4.0" },
    "/repos/immich-app/immich/security-advisories?per_page=100": [
      { ghsa_id: "GHSA-a", cve_id: "CVE-1", vulnerabilities: [{ patched_versions: ">= 3.3.3" }] },
      { ghsa_id: "GHSA-b", cve_id: null, vulnerabilities: [{ patched_versions: "3.4.0" }] },
      { ghsa_id: "GHSA-c", cve_id: null, vulnerabilities: [{ patched_versions: "none" }] },
    ],
  };
  const outside: Outside = {
    github: (path) => Promise.resolve(answers[path]),
    chartVersion: () => Promise.resolve("0.13.0"),
  };

  it("adds the newest versions and advisories, and keeps those from other sources", async () => {
    const { upstream: now, problems } = await refresh(upstream, outside, today);
    expect(problems).to.be.empty;
    expect(now.refreshed).to.equal("2026-11-26");
    expect(now.apps.immich).to.deep.equal({
      ...immich,
      app: "3.4.0",
      chart: "0.13.0",
      advisories: [
        { id: "CVE-2", through: "3.3.1" },
        { id: "CVE-3", fixedIn: "2.0.0" },
        { id: "CVE-1", fixedIn: "3.3.3" },
        { id: "GHSA-b", fixedIn: "3.4.0" },
      ],
    });
  });

  it("changes neither an app whose lookup fails nor the date", async () => {
    const offline = { ...outside, github: () => Promise.reject(new Error("no such host")) };
    const { upstream: now, problems } = await refresh(upstream, offline, today);
    expect(problems).to.deep.equal(["immich: no such host"]);
    expect(now).to.deep.equal(upstream);
  });
});

describe("versions", () => {
  it("are read from an image's tag", () => {
    expect(["v3.3.5", "1.37.4-alpine", "1.27.3-rootless", "latest"].map(versionOf)).to.deep.equal([
      "3.3.5",
      "1.37.4",
      "1.27.3",
      "",
    ]);
  });

  it("are compared by their numbers", () => {
    expect(compareVersions("10.11.9", "10.11.10")).to.be.below(0);
    expect(compareVersions("12.4", "12.4.0")).to.equal(0);
    expect(compareVersions("28.1.0", "1.27.3")).to.be.above(0);
    // Two forms that semver does not accept: a fourth number, and a month with a leading zero.
    expect(compareVersions("10.8.13.1", "10.8.13")).to.be.above(0);
    expect(compareVersions("2026.05.1", "2026.5.1")).to.equal(0);
  });
});
