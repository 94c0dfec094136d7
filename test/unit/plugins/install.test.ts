import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import {
  installPlugins,
  packageOf,
  pluginNames,
  type InstalledPlugin,
} from "../../../lab/plugins/install.ts";

describe("installing the stand-in plugins", function () {
  const usersHome = "/nonexistent";
  // Five bundles, on a machine that may have other things to do.
  this.timeout(60_000);
  const pulumiHome = mkdtempSync(join(tmpdir(), "pulumi-home-"));
  let installed: InstalledPlugin[];

  before(async () => {
    installed = await installPlugins({ pulumiHome, usersHome });
  });
  after(() => {
    rmSync(pulumiHome, { recursive: true });
  });

  it("puts one of each where the engine looks for it", () => {
    expect(installed.map(({ name }) => name)).to.deep.equal(pluginNames);
    expect(installed.map(({ outcome }) => outcome)).to.deep.equal(pluginNames.map(() => "installed"));
    for (const plugin of installed) {
      expect(readFileSync(plugin.executable, "utf8")).to.contain(process.execPath);
    }
  });

  it("leaves the same build alone", async () => {
    const again = await installPlugins({ pulumiHome, usersHome });
    expect(again.map(({ outcome }) => outcome)).to.deep.equal(pluginNames.map(() => "unchanged"));
  });

  it("leaves an official plugin alone", async () => {
    const home = mkdtempSync(join(tmpdir(), "pulumi-home-"));
    for (const { executable } of installed) {
      const official = join(home, relative(pulumiHome, executable));
      mkdirSync(dirname(official), { recursive: true });
      writeFileSync(official, "official");
    }
    const outcomes = (await installPlugins({ pulumiHome: home, usersHome })).map(({ outcome }) => outcome);
    rmSync(home, { recursive: true });
    expect(outcomes).to.deep.equal(pluginNames.map(() => "official"));
  });

  it("takes the official ones that the user has installed, for as long as they are there", async () => {
    const home = mkdtempSync(join(tmpdir(), "pulumi-home-"));
    const theirs = join(home, "theirs");
    const [command] = installed;
    const official = join(theirs, relative(pulumiHome, command?.executable ?? ""));
    mkdirSync(dirname(official), { recursive: true });
    writeFileSync(official, "official");
    const install = async () => {
      const [first] = await installPlugins({ pulumiHome: join(home, "ours"), usersHome: theirs });
      return [first?.outcome, readFileSync(first?.executable ?? "", "utf8").slice(0, 8)];
    };
    expect(await install()).to.deep.equal(["official", "official"]);
    expect(await install()).to.deep.equal(["official", "official"]);
    rmSync(theirs, { recursive: true });
    expect(await install()).to.deep.equal(["installed", "#!/bin/s"]);
    rmSync(home, { recursive: true });
  });

  it("gives way to one that is on the PATH", async () => {
    const home = mkdtempSync(join(tmpdir(), "pulumi-home-"));
    const { PATH } = process.env;
    writeFileSync(join(home, "pulumi-resource-command"), "official");
    process.env.PATH = `${home}:${PATH ?? ""}`;
    try {
      const outcomes = (await installPlugins({ pulumiHome: home, usersHome })).map(({ name, outcome }) => [
        name,
        outcome,
      ]);
      expect(Object.fromEntries(outcomes)).to.deep.equal({
        command: "official",
        kubernetes: "installed",
        cloudflare: "installed",
        tailscale: "installed",
        nodejs: "installed",
      });
    } finally {
      process.env.PATH = PATH;
      rmSync(home, { recursive: true });
    }
  });

  it("is told from any other program by its command line, and so is an official one", () => {
    const packages = {
      "node /home/me/.pulumi/plugins/resource-command-v1.2.1/main.mjs 127.0.0.1:1": "command",
      "/usr/local/bin/pulumi-resource-kubernetes\x00127.0.0.1:1": "kubernetes",
      "pulumi-language-nodejs 127.0.0.1:1": undefined,
      "pulumi up": undefined,
    };
    for (const [line, name] of Object.entries(packages)) expect(packageOf(line), line).to.equal(name);
  });

  it("installs what starts, and tells its port", async () => {
    const ports = await Promise.all(
      installed.map(async (plugin) => {
        const child = spawn(plugin.executable, [], { stdio: "pipe" });
        const [line] = (await once(child.stdout, "data")) as [Buffer];
        child.kill();
        await once(child, "close");
        return line.toString();
      }),
    );
    for (const port of ports) expect(port).to.match(/^\d+\n$/);
  });
});
