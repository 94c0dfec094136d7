import { readdirSync, readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { expect } from "chai";
import { loadConfig, type ConfigError } from "../../../config/index.ts";
import type { ConfigSource } from "../../../config/index.ts";
import { checkStack } from "../../../cli/check.ts";
import { formatProblem } from "../../../config/schema/problems.ts";
import { projectRoot } from "../../../lab/paths.ts";
import { matchSnapshot } from "../snapshot.ts";
import { configError, fixtures, minimal, problemsOf, stackFile, stackSource } from "./stackFile.ts";

describe("loadConfig", () => {
  for (const file of readdirSync(join(fixtures, "valid"))) {
    it(`fills in the defaults of ${file}`, () => {
      const settings = loadConfig(stackFile(join(fixtures, "valid", file)));
      matchSnapshot(`config/valid/${basename(file, ".yaml")}.json`, `${JSON.stringify(settings, null, 2)}\n`);
    });
  }

  for (const file of readdirSync(join(fixtures, "invalid"))) {
    it(`reports every problem of ${file}`, () => {
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

  it("has a fixture for each snapshot", () => {
    const namesIn = (directory: string) =>
      readdirSync(directory).map((file) => basename(file, extname(file)));
    const snapshots = join(import.meta.dirname, "../__snapshots__/config");
    expect(namesIn(join(snapshots, "valid"))).to.have.members(namesIn(join(fixtures, "valid")));
    for (const folder of ["invalid", "check"])
      expect(namesIn(join(snapshots, folder))).to.have.members(namesIn(join(fixtures, "invalid")));
  });

  it("requires the secrets for a deployment, while a check of the file only warns", () => {
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
    const [notice = "", ...rest] = checkStack(text + set.join(""), "a").lines;
    expect(rest).to.have.lengthOf(1);
    expect(notice).to.contain("every VPS holds cloudflare:apiToken").and.contain("mynodeone:acmeDnsToken");

    const ownToken = "  mynodeone:acmeDnsToken: { secure: x }\n";
    const own = text + (set[0] ?? "") + ownToken;
    expect(() => loadConfig({ ...stackSource(own), needsSecrets: true })).not.to.throw();
    expect(checkStack(own, "a").lines).to.have.lengthOf(1);
    expect(checkStack(minimal + ownToken, "a").lines.join("\n")).to.contain(
      "mynodeone:acmeDnsToken: has no effect",
    );
    const overHttp = { ...stackSource(`${minimal}${set.at(0)}`), needsSecrets: true };
    expect(() => loadConfig(overHttp)).not.to.throw();
  });

  it("needs no common private key if each host has its own", () => {
    const own = (names: string[]) =>
      `${minimal}  mynodeone:sshPrivateKeys: { ${names.map((name) => `${name}: { secure: x }`).join(", ")} }\n`;
    const problemsWith = (names: string[]) => {
      const error = configError({ ...stackSource(own(names)), needsSecrets: true });
      return (error?.problems ?? []).map(formatProblem);
    };
    expect(problemsWith(["contabo", "home"])).to.be.empty;
    expect(problemsWith(["contabo"]).join("\n")).to.match(/^mynodeone:sshPrivateKey: missing/);
    expect(problemsWith(["contabo", "hom", "home"])).to.deep.equal([
      "mynodeone:sshPrivateKeys.hom: no host has this name. Did you mean home?",
    ]);
  });

  it("reports a private key in plain text among encrypted ones", () => {
    const plain = `${minimal}  mynodeone:sshPrivateKeys: { contabo: { secure: x }, home: "a key" }\n`;
    expect(problemsOf(stackSource(plain))).to.have.length(1);
    expect(problemsOf(stackSource(plain))[0]).to.match(
      /^mynodeone:sshPrivateKeys\.home: a secret in plain text/,
    );
    const bare = `${minimal}  mynodeone:sshPrivateKeys: { home: "a key" }\n`;
    expect(problemsOf(stackSource(bare)).join()).to.match(
      /^mynodeone:sshPrivateKeys: a secret in plain text/,
    );
    const whole = `${minimal}  mynodeone:sshPrivateKeys: { secure: x }\n`;
    expect(problemsOf(stackSource(whole))).to.be.empty;
  });

  it("ignores unknown keys when its source cannot list its keys", () => {
    const source = stackSource(minimal);
    expect(() => loadConfig({ get: (key) => (key === "colour" ? "red" : source.get(key)) })).not.to.throw();
  });

  const servers: [url: string, accepted: boolean][] = [
    ["https://cloudflare.example.net/client/v4", true],
    ["http://api.cloudflare.lab.test/client/v4", true],
    ["http://cloudflare.example.net/client/v4", false],
    ["http://api.test.example.net", false],
    ["http://192.168.1.10", false],
    ["api.cloudflare.lab.test", false],
  ];
  for (const [url, accepted] of servers) {
    it(`${accepted ? "accepts" : "refuses"} ${url} as a provider's server from the environment`, () => {
      const source = { ...stackSource(minimal), environment: { CLOUDFLARE_BASE_URL: url } };
      const messages = configError(source)?.problems.map(formatProblem) ?? [];
      expect(messages.map((line) => line.split(" ", 2).join(" "))).to.deep.equal(
        accepted ? [] : ["cloudflare:baseUrl: CLOUDFLARE_BASE_URL"],
      );
    });
  }

  it("does not repeat a value that may be a secret", () => {
    const source = stackSource(`${minimal}  mynodeone:apiToken: s3cr3t\n`);
    expect(errorOf(source).message).to.include("mynodeone:apiToken").and.not.include("s3cr3t");
  });
});

describe("Pulumi.lab.yaml", () => {
  it("loads, with apps of the catalogue from a chart of the lab's own", () => {
    const { apps } = loadConfig(stackFile(join(projectRoot, "Pulumi.lab.yaml")));
    expect(apps.map(({ name, internet }) => ({ name, internet }))).to.deep.equal([
      { name: "immich", internet: true },
      { name: "vaultwarden", internet: true },
    ]);
  });
});

function errorOf(source: ConfigSource): ConfigError {
  const error = configError(source);
  if (error === undefined) throw new Error("the config was accepted");
  return error;
}
