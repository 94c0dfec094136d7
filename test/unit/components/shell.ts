import { execFileSync } from "node:child_process";
import { matchSnapshot } from "../snapshot.ts";

/** Runs a script that ends each word it prints with a NUL character, and returns the words. */
export function shellWords(script: string, input = ""): string[] {
  const output = execFileSync("sh", ["-euc", script], { input }).toString();
  return output.split("\0").slice(0, -1);
}

/** What remains of a text that another program has read as UTF-8: lone surrogates are replaced. */
export function asUtf8(text: string): string {
  return Buffer.from(text).toString();
}

/** Checks that a shell can parse the script, and compares it with its snapshot. */
export function matchScript(name: string, script: string): void {
  execFileSync("sh", ["-n"], { input: script });
  matchSnapshot(`components/${name}`, `${script}\n`);
}
