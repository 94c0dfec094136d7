import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";

const pathOf = (name: string) => join(import.meta.dirname, "__snapshots__", name);

/** Compares a text with `__snapshots__/NAME`, which must exist. `UPDATE_SNAPSHOTS=1` rewrites it. */
export function matchSnapshot(name: string, text: string): void {
  const path = pathOf(name);
  if (process.env.UPDATE_SNAPSHOTS) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  if (!existsSync(path))
    throw new Error(`snapshot ${name} is missing; run with UPDATE_SNAPSHOTS=1 and review it`);
  expect(text).to.equal(readFileSync(path, "utf8"));
}

/** Compares a text with `__snapshots__/NAME`, which stacks of users depend on: nothing rewrites it. */
export function matchFrozen(name: string, text: string): void {
  expect(text, `${name} is not updated: each difference replaces a resource of users' stacks`).to.equal(
    readFileSync(pathOf(name), "utf8"),
  );
}
