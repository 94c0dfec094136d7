import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import {
  installPlugins,
  packageOf,
  pluginNames,
  type InstalledPlugin,
} from "../../../lab/plugins/install.ts";
import { temporaryDirectories } from "../temporaryDirectories.ts";

describe("the plugin installation", function () {
  const usersHome = "/nonexistent";
  // The installation bundles five plugins, perhaps on a busy machine.
  this.timeout(60_000);
  const newDirectory = temporaryDirectories();
  let pulumiHome: string;
  let installed: InstalledPlugin[];

  before(async () => {
    pulumiHome = newDirectory();
    installed = await installPlugins({ pulumiHome, usersHome });
  });

  /** Writes an official plugin into another Pulumi home, where `installed` has the stand-in. */
  function writeOfficial(home: string, { executable }: InstalledPlugin): void {
    const official = join(home, relative(pulumiHome, executable));
    mkdirSync(dirname(official), { recursive: true });
    writeFileSync(official, "official");
  }

  it("puts one executable per plugin where the engine looks for it", () => {
    expect(installed.map(({ name }) => name)).to.deep.equal(pluginNames);
    expect(installed.map(({ outcome }) => outcome)).to.deep.equal(pluginNames.map(() => "installed"));
    for (const plugin of installed) {
      expect(readFileSync(plugin.executable, "utf8")).to.contain(process.execPath);
    }
  });

  it("keeps an unchanged build", async () => {
    const again = await installPlugins({ pulumiHome, usersHome });
    expect(again.map(({ outcome }) => outcome)).to.deep.equal(pluginNames.map(() => "unchanged"));
  });

  it("keeps an official plugin", async () => {
    const home = newDirectory();
    for (const plugin of installed) writeOfficial(home, plugin);
    const kept = await installPlugins({ pulumiHome: home, usersHome });
    expect(kept.map(({ outcome }) => outcome)).to.deep.equal(pluginNames.map(() => "official"));
    for (const { executable } of kept) expect(readFileSync(executable, "utf8")).to.equal("official");
  });

  it("uses an official plugin of the user for as long as it exists", async () => {
    const home = newDirectory();
    const [ours, theirs] = [join(home, "ours"), join(home, "theirs")];
    for (const plugin of installed.slice(0, 1)) writeOfficial(theirs, plugin);
    const install = async () => {
      const [first] = await installPlugins({ pulumiHome: ours, usersHome: theirs });
      // The engine ignores a link in place of the folder.
      expect(lstatSync(dirname(first?.executable ?? "")).isDirectory()).to.equal(true);
      return [first?.outcome, readFileSync(first?.executable ?? "", "utf8").slice(0, 8)];
    };
    expect(await install()).to.deep.equal(["official", "official"]);
    expect(await install()).to.deep.equal(["official", "official"]);
    rmSync(theirs, { recursive: true });
    expect(await install()).to.deep.equal(["installed", "#!/bin/s"]);
  });

  it("uses a plugin found on the PATH instead of installing the stand-in", async () => {
    const home = newDirectory();
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
    }
  });

  it("installs plugins that start and print their port", async () => {
    const ports = await Promise.all(
      installed.map(async (plugin) => {
        const child = spawn(plugin.executable, [], { stdio: "pipe" });
        const [line] = (await once(child.stdout, "data")) as [Buffer];
        child.kill();
        await once(child, "close");
        return line.toString();
      }),
    );
    expect(ports).to.have.length(pluginNames.length);
    for (const port of ports) expect(port).to.match(/^\d+\n$/);
  });
});

describe("a provider plugin's process", () => {
  it("is recognized by its command line, stand-in or official", () => {
    const packages = {
      "node /home/me/.pulumi/plugins/resource-command-v1.2.1/main.mjs 127.0.0.1:1": "command",
      "/usr/local/bin/pulumi-resource-kubernetes\x00127.0.0.1:1": "kubernetes",
      "pulumi-language-nodejs 127.0.0.1:1": undefined,
      "pulumi up": undefined,
    };
    for (const [line, name] of Object.entries(packages)) expect(packageOf(line), line).to.equal(name);
  });
});
