import { expect } from "chai";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseDocument } from "yaml";
import { runStack } from "../../../lab/operator.ts";
import { projectRoot } from "../../../lab/paths.ts";
import { labConfig, stackConfig, stackSecrets } from "../../../lab/stackConfig.ts";
import { domain } from "../../../lab/topology.ts";
import { operatorShell } from "../operatorShell.ts";
import { ask, askUntil } from "../outside.ts";

const stack = "own";

describe("a user's own stack, run by the Pulumi CLI", () => {
  const checkout = mkdtempSync(join(tmpdir(), "mynodeone-checkout-"));
  const configFile = join(checkout, `Pulumi.${stack}.yaml`);

  const { run, succeed } = operatorShell(() => checkout);

  /** Writes options to the stack's file; undefined removes one. */
  function setOptions(options: [path: string[], value: unknown][]): void {
    const file = parseDocument(readFileSync(configFile, "utf8"));
    for (const [path, value] of options) {
      if (value === undefined) file.deleteIn(path);
      else file.setIn(path, file.createNode(value));
    }
    writeFileSync(configFile, String(file));
  }
  const setOption = (app: string, option: string, value?: unknown) => {
    setOptions([[["config", "mynodeone:apps", app, option], value]]);
  };

  before("follow the README from a checkout to an app", async () => {
    await runStack({ operation: "destroy" });
    const left = ["node_modules", ".git"];
    cpSync(projectRoot, checkout, { recursive: true, filter: (path) => !left.includes(basename(path)) });
    symlinkSync(join(projectRoot, "node_modules"), join(checkout, "node_modules"));

    await succeed(`pulumi stack init ${stack}`);
    setOptions(
      Object.entries(stackConfig(labConfig())).map(([key, text]) => [
        ["config", key],
        /^[[{]/.test(text) ? JSON.parse(text) : text,
      ]),
    );
    for (const [key, secret] of Object.entries(stackSecrets())) {
      await succeed(`pulumi config set --secret ${key}`, secret);
    }
    // The sample beside it belongs to no stack.
    await succeed(`npm run check ${stack}`);
    await succeed("pulumi up --yes");
  });

  after(async () => {
    await succeed("pulumi destroy --yes");
    await succeed(`pulumi stack rm --yes ${stack}`);
    rmSync(checkout, { recursive: true });
  });

  it("puts an app on the internet", async () => {
    await askUntil(`https://photos.${domain}/get`, 200);
  });

  it("refuses a mistake in the config before it changes anything, and names its line", async () => {
    setOption("immich", "proxyport", 8085);
    try {
      const { exitCode, output } = await run("npm run check");
      expect(exitCode).to.equal(1);
      expect(output)
        .to.match(new RegExp(`Pulumi\\.${stack}\\.yaml:\\d+:\\d+`))
        .and.include("proxyPort");
      const refused = await run("pulumi up --yes");
      expect(refused.exitCode).not.to.equal(0);
      expect(refused.output)
        .to.include(`npm run check ${stack}`)
        .and.not.match(/[1-9]\d* (created|updated)/);
    } finally {
      setOption("immich", "proxyport");
    }
  });

  it("shows with npm run plan that nothing changes, and after an edit what will change", async () => {
    expect(await succeed("npm run --silent plan")).to.match(/^Nobody can reach more or less than before/);
    setOption("vaultwarden", "internet", false);
    const plan = await succeed(`npm run --silent plan -- --stack ${stack}`);
    expect(plan).to.match(/^- vaultwarden +no longer public/);
    setOption("vaultwarden", "internet", true);
    expect((await ask(`https://vault.${domain}/get`)).status).to.equal(200);
  });

  describe("--policy-pack policy", () => {
    it("accepts a stack that the config accepts", async () => {
      expect(await succeed("pulumi preview --policy-pack policy")).to.match(/mynodeone@/);
    });

    it("stops a program that bypasses the config", async () => {
      const entry = join(checkout, "index.ts");
      const proper = readFileSync(entry);
      writeFileSync(
        entry,
        `import { Config } from "@pulumi/pulumi";
import { buildStack } from "./program.ts";
import { readSettings } from "./program/settings.ts";

export default () => {
  const config = new Config("mynodeone");
  const settings = readSettings(config);
  return buildStack({ ...settings, apps: settings.apps.map((app) => ({ ...app, hsts: false })) }, config);
};
`,
      );
      try {
        const { exitCode, output } = await run("pulumi preview --policy-pack policy");
        expect(exitCode).not.to.equal(0);
        expect(output).to.include("app-keeps-its-own-rules").and.include("HTTPS-only");
      } finally {
        writeFileSync(entry, proper);
      }
    });
  });
});
