import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect } from "chai";
import { catalogue } from "../../../apps/index.ts";
import { isMap } from "../../../apps/values.ts";
import { ConfigError, loadConfig } from "../../../config/index.ts";
import type { ConfigSource } from "../../../config/index.ts";
import { checkStack } from "../../../config/check.ts";
import { formatProblem } from "../../../config/problems.ts";
import { projectRoot } from "../../../lab/paths.ts";
import { chosen } from "../apps/chosen.ts";
import { matchSnapshot } from "../snapshot.ts";
import { fixtures, stackFile, stackSource } from "./stackFile.ts";

describe("loadConfig", () => {
  for (const file of readdirSync(join(fixtures, "valid"))) {
    it(`fills in the defaults of ${file}`, () => {
      const settings = loadConfig(stackFile(join(fixtures, "valid", file)));
      matchSnapshot(`config/valid/${basename(file, ".yaml")}.json`, `${JSON.stringify(settings, null, 2)}\n`);
    });
  }

  for (const file of readdirSync(join(fixtures, "invalid"))) {
    it(`says all that is wrong with ${file}`, () => {
      const { message, problems } = errorOf(stackFile(join(fixtures, "invalid", file)));
      const name = basename(file, ".yaml");
      matchSnapshot(`config/invalid/${name}.txt`, `${message}\n`);
      const { lines } = checkStack(readFileSync(join(fixtures, "invalid", file), "utf8"), file);
      matchSnapshot(`config/check/${name}.txt`, `${lines.join("\n")}\n`);
      expect(lines.map((line) => line.replace(/^.*?:\d+:\d+: /, ""))).to.have.members(
        problems.map(formatProblem),
      );
      expect(message.split("\n")).to.have.lengthOf(1 + problems.length);
      expect(problems.map(formatProblem)).to.deep.equal([...new Set(problems.map(formatProblem))]);
    });
  }

  it("asks for the secrets where they have to be there, and a check of the file only names them", () => {
    const text = minimal.replace("acme: {", "acme: { challenge: dns-01,");
    const source = { ...stackSource(text), needsSecrets: true };
    const missing = errorOf(source).problems.map(formatProblem);
    expect(missing.map((line) => line.split(" ", 1)[0])).to.deep.equal([
      "mynodeone:sshPrivateKey:",
      "cloudflare:apiToken:",
    ]);
    const { good, lines } = checkStack(text, "a");
    expect(good).to.equal(true);
    expect(lines.slice(0, 2)).to.deep.equal(missing.map((line) => `a: warning: ${line}`));

    const set = ["mynodeone:sshPrivateKey", "cloudflare:apiToken"].map((key) => `  ${key}: { secure: x }\n`);
    expect(() => loadConfig({ ...stackSource(text + set.join("")), needsSecrets: true })).not.to.throw();
    expect(checkStack(text + set.join(""), "a").lines).to.have.lengthOf(1);
    const overHttp = { ...stackSource(`${minimal}${set.at(0)}`), needsSecrets: true };
    expect(() => loadConfig(overHttp)).not.to.throw();
  });

  it("passes keys over that its source cannot list", () => {
    const source = stackSource(minimal);
    expect(() => loadConfig({ get: (key) => (key === "colour" ? "red" : source.get(key)) })).not.to.throw();
  });

  it("does not repeat a value that may be a secret", () => {
    const source = stackSource(`${minimal}  mynodeone:apiToken: s3cr3t\n`);
    expect(errorOf(source).message).to.include("mynodeone:apiToken").and.not.include("s3cr3t");
  });
});

describe("Pulumi.prod.yaml", () => {
  const sample = readFileSync(join(projectRoot, "Pulumi.prod.yaml"), "utf8");
  // Prose begins with "##", an option that is left out with "#".
  const everything = sample.replace(/^(\s*)# /gm, "$1");

  it("loads as it is, and publishes nothing", () => {
    const { apps } = loadConfig(stackSource(sample));
    expect(apps.map(({ name, internet }) => ({ name, internet }))).to.deep.equal([
      { name: "immich", internet: false },
      { name: "vaultwarden", internet: false },
    ]);
  });

  it("loads with every optional line in use", () => {
    const { platform, apps } = loadConfig(stackSource(everything));
    expect(apps.map(({ host, proxyPort }) => [host, proxyPort])).to.deep.equal([
      ["photos.example.com", 8080],
      ["vault.example.com", 8082],
      ["grafana.example.com", 8100],
      ["status.example.com", 8099],
    ]);
    expect(platform.acme.challenge).to.equal("dns-01");
    expect(platform.edges[0]?.traefik?.sha256).to.have.lengthOf(64);
  });

  it("names every app of the catalogue", () => {
    const heading = /One key an app: from the catalogue \(([^)]*)\)/.exec(sample)?.[1] ?? "";
    expect(heading.split(/[\s#,]+/)).to.have.members(Object.keys(catalogue));
  });

  // Its own values make what the app needs. Written by hand again they would ask for objects that nobody has made.
  it("sets no value that the catalogue sets", () => {
    const apps = stackSource(everything).get("apps") as Record<string, { values?: unknown } | null>;
    const settings = Object.keys(catalogue).flatMap((name) => {
      const ours = new Set(settingsIn(chosen(name).values));
      return settingsIn(apps[name]?.values).map((setting) => ({ setting, again: ours.has(setting) }));
    });
    expect(settings).not.to.be.empty;
    expect(settings.filter(({ again }) => again)).to.be.empty;
  });
});

const minimal = readFileSync(join(fixtures, "valid", "minimal.yaml"), "utf8");

/** Each value by its last two keys: a chart may take the same setting at several places. */
function settingsIn(values: unknown, path: string[] = []): string[] {
  if (!isMap(values)) return values === undefined ? [] : [path.slice(-2).join(".")];
  return Object.entries(values).flatMap(([key, inner]) => settingsIn(inner, [...path, key]));
}

function errorOf(source: ConfigSource): ConfigError {
  try {
    loadConfig(source);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("the config was taken for good");
}
