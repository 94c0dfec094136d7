import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect } from "chai";
import { ConfigError, loadConfig } from "../../../config/index.ts";
import type { ConfigSource } from "../../../config/index.ts";
import { checkStack } from "../../../config/check.ts";
import { formatProblem } from "../../../config/problems.ts";
import { projectRoot } from "../../../lab/paths.ts";
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
});

const minimal = readFileSync(join(fixtures, "valid", "minimal.yaml"), "utf8");

function errorOf(source: ConfigSource): ConfigError {
  try {
    loadConfig(source);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("the config was taken for good");
}
