import { expect } from "chai";
import { execa } from "execa";
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../lab/paths.ts";
import { programOfFields } from "./fields.ts";
import { installPackage } from "./install.ts";

describe("the package, installed into an empty folder,", function () {
  this.timeout(300_000);
  let directory: string;
  before(async () => {
    directory = await installPackage();
  });
  after(() => {
    if (directory) rmSync(directory, { recursive: true });
  });

  const type = (...[command = "", ...args]: string[]) =>
    execa(command, args, {
      cwd: directory,
      all: true,
      reject: false,
      preferLocal: true,
      localDir: projectRoot,
    });

  /** The compiler's output for a program, with the strictest settings that a user's dependencies allow. */
  function compile(program: string, options: object = {}): Promise<{ exitCode?: number; all: string }> {
    writeFileSync(join(directory, "program.ts"), program);
    const compilerOptions = {
      ...{ strict: true, module: "nodenext", target: "es2024", noEmit: true },
      ...options,
    };
    writeFileSync(
      join(directory, "tsconfig.json"),
      JSON.stringify({ compilerOptions, files: ["program.ts"] }),
    );
    return type("tsc", "--project", ".");
  }

  const printed = (script: string) => type(process.execPath, "--input-type=module", "--eval", script);

  it("has types and declarations that a strict compiler accepts in a program that composes components", async () => {
    const program = readFileSync(join(directory, "index.ts"), "utf8");
    const { exitCode, all } = await compile(program, { declaration: true });
    expect(exitCode, all).to.equal(0);
  });

  const entries = [
    { name: "mynodeone", file: "components/index.d.ts", fields: ["EdgeNode_host", "VpsRouteArgs_rateLimit"] },
    { name: "mynodeone/program", file: "program.d.ts", fields: ["StackOutputs_topology"] },
  ];
  for (const { name, file, fields } of entries) {
    it(`names the type of each public field of ${name}, so that a program with declarations can export it`, async () => {
      const program = programOfFields(name, join(directory, "node_modules/mynodeone/dist", file));
      // A program without fields would compile.
      for (const field of fields) expect(program).to.include(field);
      const { exitCode, all } = await compile(program, { declaration: true, skipLibCheck: true });
      expect(exitCode, all).to.equal(0);
    });
  }

  it("has types for the program and for the policies", async () => {
    const program = `
      import program, { type StackOutputs } from "mynodeone/program";
      import { policies } from "mynodeone/policy";
      import { PolicyPack } from "@pulumi/policy";
      export const outputs: Promise<StackOutputs> = program();
      new PolicyPack("mine", { policies: [...policies] });`;
    // @pulumi/policy 1.21.0 has errors in its own declarations.
    const { exitCode, all } = await compile(program, { skipLibCheck: true });
    expect(exitCode, all).to.equal(0);
  });

  it("has types by which a misspelled argument is an error (the control)", async () => {
    const program = readFileSync(join(directory, "index.ts"), "utf8").replace("hostNetwork:", "hostNetwrok:");
    const { exitCode, all } = await compile(program, { skipLibCheck: true });
    expect(exitCode).to.equal(2);
    expect(all).to.include("hostNetwrok");
  });

  const names = {
    mynodeone: ["ControlPlane", "DnsRecord", "EdgeNode", "HostCheck", "HybridApp", "SocatProxy", "VpsRoute"],
    "mynodeone/program": ["default"],
    "mynodeone/policy": ["policies"],
    "mynodeone/package.json": ["default"],
  };
  for (const [entry, expected] of Object.entries(names)) {
    it(`exports for Node what ${entry} promises`, async () => {
      const attributes = entry.endsWith(".json") ? `, { with: { type: "json" } }` : "";
      const script = `console.log(JSON.stringify(Object.keys(await import("${entry}"${attributes}))))`;
      const { exitCode, all, stdout } = await printed(script);
      expect(exitCode, all).to.equal(0);
      expect(JSON.parse(stdout)).to.include.members(expected);
    });
  }

  it("exports nothing else", async () => {
    const { all } = await printed(`await import("mynodeone/components/host/quote.js")`);
    expect(all).to.include("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  it("contains the policy pack as a folder for --policy-pack", () => {
    for (const name of ["PulumiPolicy.yaml", "package.json", "index.js"])
      expect(existsSync(join(directory, "node_modules/mynodeone/dist/policy", name)), name).to.equal(true);
  });

  describe("installs the command mynodeone, which", () => {
    it("prints its version", async () => {
      const { version } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
        version: string;
      };
      expect(await type("npx", "mynodeone", "--version")).to.include({
        exitCode: 0,
        stdout: version,
      });
    });

    it("checks the stacks of the user's folder: the sample lacks values, the lab's stack is valid", async () => {
      copyFileSync(
        join(directory, "node_modules/mynodeone/Pulumi.prod.yaml"),
        join(directory, "Pulumi.mine.yaml"),
      );
      copyFileSync(join(projectRoot, "Pulumi.lab.yaml"), join(directory, "Pulumi.lab.yaml"));
      const both = await type("npx", "mynodeone", "check");
      expect(both.exitCode).to.equal(1);
      expect(both.stdout).to.match(/^Pulumi\.mine\.yaml:\d+:\d+: .*still the sample's/m);
      expect(both.stdout).to.match(/^Pulumi\.lab\.yaml: good\./m);
      expect((await type("npx", "mynodeone", "check", "lab")).exitCode).to.equal(0);
    });
  });
});
