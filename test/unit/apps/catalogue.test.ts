import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { catalogue } from "../../../apps/index.ts";
import { isMap } from "../../../apps/values.ts";
import { proxyPorts } from "../../../config/index.ts";
import { isDnsLabel } from "../../../config/formats.ts";
import { projectRoot } from "../../../lab/paths.ts";
import { matchSnapshot } from "../snapshot.ts";
import { chosen, nextStepsOf, noticesOf } from "./chosen.ts";

const entries = Object.entries(catalogue);

describe("the catalogue", () => {
  it("has the apps that it promises, each at the proxy port that it has had from the first day", () => {
    expect(entries.map(([name, { proxyPort }]) => [name, proxyPort])).to.deep.equal([
      ["immich", 8080],
      ["jellyfin", 8081],
      ["vaultwarden", 8082],
      ["homepage", 8083],
      ["gitea", 8084],
      ["paperless", 8085],
      ["audiobookshelf", 8086],
      ["uptime-kuma", 8087],
    ]);
  });

  it("keeps to the range of proxy ports", () => {
    const ports = entries.map(([, { proxyPort }]) => proxyPort);
    expect(new Set(ports).size).to.equal(entries.length);
    for (const port of ports) expect(port).to.be.within(proxyPorts.first, proxyPorts.last);
  });

  for (const [name, app] of entries) {
    describe(name, () => {
      it("is behind Service port 80, from a pinned chart that can be found", () => {
        expect(app.service.port).to.equal(80);
        for (const label of [name, app.service.name]) expect(label).to.satisfy(isDnsLabel);
        expect(app.chart.version).to.match(/^\d+\.\d+\.\d+$/);
        expect(app.chart.name.startsWith("oci://")).to.equal(app.chart.repository === undefined);
        expect(app.healthPath).to.match(/^\/[\w/-]+$/);
      });

      for (const internet of [false, true]) {
        const where = internet ? "internet" : "tailnet";
        it(`has the chart's values as reviewed, for the ${where}`, () => {
          const { values } = chosen(name, { internet });
          matchSnapshot(`apps/${name}.${where}.json`, `${JSON.stringify(values, null, 2)}\n`);
        });

        it(`says for the ${where} what has been reviewed`, () => {
          const lines = [...noticesOf(name, { internet }), "", ...nextStepsOf(name, { internet })];
          matchSnapshot(`apps/${name}.${where}.txt`, `${lines.join("\n")}\n`);
        });
      }

      it("writes no secret into its values", () => {
        for (const [path, value] of leaves(chosen(name).values)) {
          const key = path.split(".").at(-1) ?? "";
          if (!/password|secret|token/i.test(key) || ["existingSecret", "passwordMode"].includes(key))
            continue;
          expect(value, path).to.match(/^\{\{ with lookup .*\{\{ randAlphaNum \d+ \}\}\{\{ end \}\}$/);
        }
      });

      it("says its time zone to the app that has one", () => {
        const zones = leaves(chosen(name).values).filter(([, value]) => value === "Europe/Berlin");
        expect(zones).to.have.lengthOf(1);
      });
    });
  }

  it("has its links in HTTPS", () => {
    const directory = join(projectRoot, "apps");
    const sources = readdirSync(directory).map((file) => readFileSync(join(directory, file), "utf8"));
    const links = sources.join("\n").match(/\bhttp:\/\/\S+/g) ?? [];
    expect(links).to.be.empty;
  });
});

/** Each value that is not a map or a list, with its path. */
function leaves(value: unknown, path = ""): [path: string, value: unknown][] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, `${path}[${index}]`));
  if (!isMap(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, below]) => leaves(below, path === "" ? key : `${path}.${key}`));
}
