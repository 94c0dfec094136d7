import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../../..");
const fenced = "components/state/";
/** The code of a run; the lab, the tools and the tests may use the internals. */
const folders = [
  "apps",
  "cli",
  "components",
  "config",
  "exposure",
  "lookups",
  "policy",
  "program",
  "index.ts",
  "program.ts",
];

/** Internals that only components/state may use. `allConfig` and `isDryRun` are documented and therefore allowed. */
const internals = {
  "pulumi.runtime": /\bpulumi\.runtime\b(?!\.(?:allConfig|isDryRun)\b)/,
  "the SDK's own modules": /@pulumi\/pulumi\/(?:runtime|proto|version)\b/,
  "google-protobuf": /google-protobuf/,
  AsyncResource: /\bAsyncResource\b|async_hooks/,
  Stash: /\bStash\b/,
  "the engine's functions": /readStack(?:Resource)?Outputs/,
  "components/state past its index.ts": /\/state\/(?!index\.ts)\w+\.ts"/,
};

function filesBelow(path: string): string[] {
  if (path.endsWith(".ts")) return [path];
  const entries = readdirSync(join(root, path), { recursive: true, encoding: "utf8" });
  return entries.filter((entry) => entry.endsWith(".ts")).map((entry) => join(path, entry));
}

/** Lists `file: internal`, ignoring lines with comments. */
function uses(files: string[]): string[] {
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8").replaceAll(/^\s*(?:\/?\*|\/\/).*$/gm, "");
    return Object.entries(internals).flatMap(([name, pattern]) =>
      pattern.test(text) ? [`${file}: ${name}`] : [],
    );
  });
}

describe("Pulumi's internals", () => {
  it("are used only in components/state", () => {
    const others = folders.flatMap(filesBelow).filter((file) => !file.startsWith(fenced));
    expect(others.length).to.be.greaterThan(100);
    expect(uses(others), "use what components/state/index.ts exports").to.deep.equal([]);
  });

  it("are all found by this test (the control)", () => {
    const found = uses(filesBelow(fenced)).join("\n");
    for (const name of Object.keys(internals).slice(0, -1)) expect(found).to.contain(`: ${name}`);
    expect(uses(["test/unit/components/engine.ts"]).join()).to.contain("past its index.ts");
  });
});
