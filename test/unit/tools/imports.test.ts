import { expect } from "chai";
import { cruise, type IConfiguration, type ICruiseResult } from "dependency-cruiser";
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { projectRoot } from "../../../lab/paths.ts";
import { temporaryDirectories } from "../temporaryDirectories.ts";

const { default: config } = (await import(join(projectRoot, ".dependency-cruiser.js"))) as {
  default: IConfiguration;
};
const rules = config.forbidden?.map(({ name }) => name ?? "") ?? [];

/** Files of a project: the file that each imports, and the rules that refuse it. */
const files: Record<string, [imported: string, ...rules: string[]]> = {
  "components/dns/circle.ts": ["components/dns/circular.ts", "no-circular-import"],

  "newFolder/a.ts": ["exposure/index.ts", "only-known-files-import"],
  "components/newFolder/a.ts": ["components/names.ts", "only-known-files-import"],
  "components/newFile.ts": ["components/names.ts", "only-known-files-import"],
  "newFile.ts": ["program.ts", "only-known-files-import"],
  "test/a.ts": ["newFolder/b.ts", "only-known-files-are-imported"],
  "components/index.ts": ["components/newFolder/b.ts", "only-known-files-are-imported"],
  "test/b.ts": ["components/newFile2.ts", "only-known-files-are-imported"],
  "lab/a.ts": ["dist/components/index.js", "only-known-files-are-imported"],
  "tools/a.ts": ["index.ts", "index-is-what-pulumi-runs"],
  "index.ts": ["program/a.ts", "index-imports-the-program"],
  "components/names.ts": ["components/inputs/checks.ts", "names-import-nothing"],

  "apps/a.ts": ["config/index.ts", "apps-imports-what-is-below-it"],
  "components/dns/a.ts": ["config/index.ts", "components-imports-what-is-below-it"],
  "config/a.ts": ["lookups/index.ts", "config-imports-what-is-below-it"],
  "lookups/a.ts": ["exposure/index.ts", "lookups-imports-what-is-below-it"],
  "exposure/a.ts": ["config/index.ts", "exposure-imports-what-is-below-it"],
  "program.ts": ["apps/index.ts", "program-imports-what-is-below-it"],
  "program/a.ts": ["test/c.ts", "program-imports-what-is-below-it"],
  "policy/a.ts": ["program/b.ts", "policy-imports-what-is-below-it"],
  "cli/a.ts": ["lookups/index.ts", "cli-imports-what-is-below-it"],
  "tools/b.ts": ["cli/b.ts", "tools-imports-what-is-below-it"],
  "lab/b.ts": ["config/index.ts", "lab-imports-what-is-below-it"],

  "components/inputs/a.ts": ["components/host/b.ts", "components-inputs-imports-what-is-below-it"],
  "components/state/a.ts": ["components/host/b.ts", "components-state-imports-what-is-below-it"],
  "components/host/a.ts": ["components/cluster/b.ts", "components-host-imports-what-is-below-it"],
  "components/cluster/a.ts": ["components/host/b.ts", "components-cluster-imports-what-is-below-it"],
  "components/dns/b.ts": ["components/edge/b.ts", "components-dns-imports-what-is-below-it"],
  "components/edge/a.ts": ["components/dns/c.ts", "components-edge-imports-what-is-below-it"],
  "components/controlPlane/a.ts": [
    "components/edge/b.ts",
    "components-controlPlane-imports-what-is-below-it",
  ],
  "components/tailnetPolicy/a.ts": [
    "components/edge/b.ts",
    "components-tailnetPolicy-imports-what-is-below-it",
  ],
  "components/hostCheck/a.ts": ["components/proxy/b.ts", "components-hostCheck-imports-what-is-below-it"],
  "components/proxy/a.ts": ["components/route/b.ts", "components-proxy-imports-what-is-below-it"],
  "components/route/a.ts": ["components/app/b.ts", "components-route-imports-what-is-below-it"],
  "components/app/a.ts": ["components/hostCheck/b.ts", "components-app-imports-what-is-below-it"],

  "program/c.ts": ["components/dns/c.ts", "program-imports-index-files"],
  "components/app/c.ts": ["components/state/claim.ts", "engine-internals-in-one-folder"],
  "config/c.ts": ["components/dns/provider.ts", "config-is-pure"],
  "config/schema/a.ts": ["config/rules/b.ts", "one-option-alone"],
  "config/rules/a.ts": ["config/file/b.ts", "rules-without-a-file"],
  "lookups/c.ts": ["undeclared", "declared-packages"],
  "cli/c.ts": ["development", "product-needs-no-tool-of-development"],

  // Permitted. The first one completes the circle above, which is reported once.
  "components/dns/circular.ts": ["components/dns/circle.ts"],
  "components/dns/provider.ts": ["@pulumi/pulumi"],
  "components/route/c.ts": ["components/names.ts"],
  "components/app/d.ts": ["components/state/index.ts"],
  "program/d.ts": ["lookups/index.ts"],
  "lab/c.ts": ["index.ts"],
  "test/d.ts": ["index.ts"],
  "tools/c.ts": ["development"],
  "test/package/composed/index.ts": ["newFolder/b.ts"],
};

const packages = ["@pulumi/pulumi", "development", "undeclared"];
const packageJson = {
  dependencies: { "@pulumi/pulumi": "1.0.0" },
  devDependencies: { development: "1.0.0" },
};

describe("the rules of imports", () => {
  const newDirectory = temporaryDirectories();
  let refusals: Map<string, string[]>;

  before(async () => {
    const baseDir = realpathSync(newDirectory());
    const write = (path: string, text = "") => {
      mkdirSync(dirname(join(baseDir, path)), { recursive: true });
      writeFileSync(join(baseDir, path), text);
    };
    write("package.json", JSON.stringify(packageJson));
    for (const name of packages) {
      write(
        `node_modules/${name}/package.json`,
        JSON.stringify({ name, version: "1.0.0", main: "index.js" }),
      );
      write(`node_modules/${name}/index.js`);
    }
    const isFile = (imported: string) => imported.includes(".");
    for (const [imported] of Object.values(files)) if (isFile(imported)) write(imported);
    for (const [path, [imported]] of Object.entries(files))
      write(path, `import "${isFile(imported) ? `./${relative(dirname(path), imported)}` : imported}";\n`);

    const { enhancedResolveOptions, ...options } = config.options ?? {};
    const { output } = await cruise(
      ["."],
      { ...options, tsConfig: undefined, baseDir, ruleSet: { forbidden: config.forbidden }, validate: true },
      enhancedResolveOptions,
    );
    const { violations } = (output as ICruiseResult).summary;
    refusals = new Map(
      [...Map.groupBy(violations, ({ from }) => from)].map(([from, found]) => [
        from,
        found.map(({ rule }) => rule.name),
      ]),
    );
  });

  for (const [path, [imported, ...expected]] of Object.entries(files)) {
    it(`${expected.length > 0 ? "refuse" : "permit"} that ${path} imports ${imported}`, () => {
      expect(refusals.get(path) ?? []).to.deep.equal(expected);
    });
  }

  it("are each tested here", () => {
    expect(Object.values(files).flatMap(([, ...refusing]) => refusing)).to.include.members(rules);
  });
});
