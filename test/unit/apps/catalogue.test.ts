import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import isPlainObject from "is-plain-obj";
import { catalogue } from "../../../apps/index.ts";
import { drawnOnce } from "../../../apps/drawnSecret.ts";
import { mergeValues } from "../../../apps/values.ts";
import { proxyPorts } from "../../../config/index.ts";
import { isDnsLabel } from "../../../components/inputs/dnsName.ts";
import { projectRoot } from "../../../lab/paths.ts";
import { matchSnapshot } from "../snapshot.ts";
import { chosen, nextStepsOf, noticesOf } from "./chosen.ts";

const entries = Object.entries(catalogue);

describe("the app catalogue", () => {
  it("lists its apps with their proxy ports, which never change", () => {
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

  it("uses distinct proxy ports within the allowed range", () => {
    const ports = entries.map(([, { proxyPort }]) => proxyPort);
    expect(new Set(ports).size).to.equal(entries.length);
    for (const port of ports) expect(port).to.be.within(proxyPorts.first, proxyPorts.last);
  });

  for (const [name, app] of entries) {
    describe(`entry ${name}`, () => {
      it("uses Service port 80 and a pinned chart version", () => {
        expect(app.service.port).to.equal(80);
        for (const label of [name, app.service.name]) expect(label).to.satisfy(isDnsLabel);
        expect(app.chart.version).to.match(/^\d+\.\d+\.\d+$/);
        expect(app.chart.name.startsWith("oci://")).to.equal(app.chart.repository === undefined);
        expect(app.healthPath).to.match(/^\/[\w/-]+$/);
      });

      for (const internet of [false, true]) {
        const where = internet ? "internet" : "tailnet";
        it(`renders the reviewed chart values for the ${where}`, () => {
          const { values } = chosen(name, { internet });
          matchSnapshot(`apps/${name}.${where}.json`, `${JSON.stringify(values, null, 2)}\n`);
        });

        it(`prints the reviewed notices and next steps for the ${where}`, () => {
          const lines = [...noticesOf(name, { internet }), "", ...nextStepsOf(name, { internet })];
          matchSnapshot(`apps/${name}.${where}.txt`, `${lines.join("\n")}\n`);
        });
      }

      it("puts no plain-text secret into its chart values", () => {
        for (const internet of [false, true])
          expect(secretsIn(chosen(name, { internet }).values).plain).to.be.empty;
      });

      it("sets the time zone exactly once in its chart values", () => {
        const zones = leaves(chosen(name).values).filter(([, value]) => value === "Europe/Berlin");
        expect(zones).to.have.lengthOf(1);
      });
    });
  }

  it("finds a planted secret at any depth of any app's chart values", () => {
    const planted = {
      adminToken: { value: "s3cr3t" },
      gitea: { admin: { existingSecret: "somebody's", passwordMode: "hunter2" } },
      list: [{ inner: { dbPassword: "hunter2" } }, { name: "SECRET_KEY", value: "changeme" }],
      secret: `${drawnOnce("a", "b")} or so`,
    };
    for (const [name] of entries) {
      const values = mergeValues(chosen(name).values ?? {}, { planted });
      expect(secretsIn(values).plain, name).to.deep.equal([
        "planted.adminToken.value",
        "planted.gitea.admin.existingSecret",
        "planted.gitea.admin.passwordMode",
        "planted.list[0].inner.dbPassword",
        "planted.list[1].value",
        "planted.secret",
      ]);
    }
  });

  it("generates the secrets of these apps at random", () => {
    const drawn = entries.map(([name]) => [name, secretsIn(chosen(name).values).drawn] as const);
    expect(Object.fromEntries(drawn.filter(([, paths]) => paths.length > 0))).to.deep.equal({
      immich: ["server.secrets.database.stringData.password"],
      vaultwarden: ["extraObjects[0].stringData.ADMIN_TOKEN"],
      gitea: ["extraDeploy[0].stringData.password"],
      paperless: ["secrets.paperless.stringData.secret-key", "secrets.paperless.stringData.admin-password"],
    });
  });

  it("has no http:// link in its sources", () => {
    const directory = join(projectRoot, "apps");
    const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((file) =>
      /\.\w+$/.test(file),
    );
    const sources = files.map((file) => readFileSync(join(directory, file), "utf8"));
    const links = sources.join("\n").match(/\bhttps?:\/\/\S+/g) ?? [];
    expect(links).not.to.be.empty;
    expect(links.filter((link) => !link.startsWith("https:"))).to.be.empty;
  });
});

/** Paths of values whose names mark them as secrets: those that Helm generates at random, and those in plain text. */
function secretsIn(values: unknown): { drawn: string[]; plain: string[] } {
  const all = new Map(leaves(values));
  const ownSecrets = [...all.keys()]
    .filter((path) => path.endsWith(".kind") && all.get(path) === "Secret")
    .map((path) => all.get(path.replace(/kind$/, "metadata.name")));
  /** Settings about secrets, with values that are not secrets themselves. */
  const harmless: Record<string, unknown[]> = {
    existingSecret: ownSecrets,
    passwordMode: ["initialOnlyNoReset", "initialOnlyRequireReset", "keepUpdated"],
  };
  const nameOf = (path: string): string => {
    const [last = "", parent = ""] = path.split(".").toReversed();
    if (last !== "value") return last;
    // An item of a container's environment has its name in a separate field.
    const beside = all.get(path.replace(/value$/, "name"));
    return typeof beside === "string" ? beside : parent;
  };
  const paths = [...all.keys()].filter((path) => {
    const name = nameOf(path);
    return /password|secret|token/i.test(name) && !harmless[name]?.includes(all.get(path));
  });
  const isDrawn = (path: string) =>
    /^\{\{ with lookup [^}]*\}\}\{\{ index [^}]*\}\}\{\{ else \}\}\{\{ randAlphaNum \d+ \}\}\{\{ end \}\}$/.test(
      String(all.get(path)),
    );
  return { drawn: paths.filter(isDrawn), plain: paths.filter((path) => !isDrawn(path)) };
}

/** Each value that is not a map or a list, with its path. */
function leaves(value: unknown, path = ""): [path: string, value: unknown][] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, `${path}[${index}]`));
  if (!isPlainObject(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, below]) => leaves(below, path === "" ? key : `${path}.${key}`));
}
