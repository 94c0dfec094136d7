/** Run by `npm run lint`: Node and TypeScript can load the published package as package.json says. */
import { execa } from "execa";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { project } from "./build.ts";
import { pack } from "./pack.ts";

const directory = await mkdtemp(join(tmpdir(), "mynodeone-lint-"));
try {
  const tarball = await pack(directory);
  const checks = [
    ["publint", "run", "--strict", tarball],
    // Packages of ES modules have to be imported: https://github.com/arethetypeswrong/arethetypeswrong.github.io
    ["attw", "--profile", "esm-only", tarball],
  ];
  for (const check of checks) {
    const { exitCode, all } = await execa("npm", ["exec", "--no", "--", ...check], {
      ...{ cwd: project, all: true, reject: false },
    });
    if (exitCode === 0) continue;
    console.error(all);
    process.exitCode = 1;
  }
} finally {
  await rm(directory, { recursive: true });
}
