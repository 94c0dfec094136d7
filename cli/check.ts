import { readdirSync, readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { loadConfig } from "../config/load.ts";
import type { ConfigSource } from "../config/source.ts";
import { missingSecrets } from "../config/rules/missingSecrets.ts";
import { noticesOf } from "../config/rules/notices.ts";
import { ConfigError, formatProblem } from "../config/schema/problems.ts";
import type { Settings } from "../config/settings.ts";
import { readStackFile } from "../config/file/stackFile.ts";
import type { PlacedMessage } from "../config/file/stackFile.ts";
import { stackFilePath } from "../config/file/stackPath.ts";

/** The result for one file. */
interface Report {
  good: boolean;
  lines: string[];
}

/** What a file has to meet beyond its form. */
type Needs = Pick<ConfigSource, "needsOwnValues">;

const stackFileName = /^Pulumi\.(.+)\.ya?ml$/;

/** The lines about the text of a Pulumi.<stack>.yaml: `name:line:column: problem`, then warnings. */
export function checkStack(text: string, name: string, needs: Needs = {}): Report {
  const file = readStackFile(text);
  const bad = (found: PlacedMessage[]): Report => {
    const sorted = found.toSorted((a, b) => a.line - b.line || a.column - b.column);
    return { good: false, lines: sorted.map((at) => `${name}:${at.line}:${at.column}: ${at.message}`) };
  };
  if (file.syntaxErrors.length > 0) return bad(file.syntaxErrors);
  try {
    const settings = loadConfig({ ...file.source, ...needs });
    if (file.layoutErrors.length > 0) return bad(file.layoutErrors);
    const unset = missingSecrets(file.source).map(formatProblem);
    const notices = [...unset, ...noticesOf(settings, file.source.keys?.() ?? [])].map(
      (notice) => `${name}: warning: ${notice}`,
    );
    return { good: true, lines: [...notices, `${name}: ${summary(settings)}`] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problems = error.problems.map((problem) => ({
      ...file.locate(problem),
      message: formatProblem(problem),
    }));
    return bad([...file.layoutErrors, ...problems]);
  }
}

function summary({ apps }: Settings): string {
  const open = apps.filter(({ internet }) => internet).map(({ name }) => name);
  const count = apps.length === 1 ? "1 app" : `${apps.length} apps`;
  return `good. ${count}; on the internet: ${open.join(", ") || "none"}.`;
}

function findFiles(wanted: readonly string[], directory: string): string[] {
  if (wanted.length > 0) return wanted.map((stack) => stackFilePath(stack, directory));
  return readdirSync(directory)
    .filter((name) => stackFileName.test(name))
    .map((name) => resolve(directory, name));
}

/** The lines about one file. A file that cannot be read does not stop the check of others. */
export function checkFile(path: string, name: string, needs: Needs = {}): Report {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    const fix = "Pass the name of a stack, such as prod, or its file.";
    const reason = { ENOENT: `no such file. ${fix}`, EISDIR: `is a directory. ${fix}` }[code];
    return { good: false, lines: [`${name}: ${reason ?? `cannot be opened: ${message}`}`] };
  }
  return checkStack(text, name, needs);
}

/**
 * Prints the config errors of stacks by line and column. Needs no Pulumi, hosts or secrets.
 *
 * @param wanted stacks by name or file; all of the directory's if empty
 * @param directory directory of the stacks' files
 * @returns whether all of them are valid
 */
export function check(wanted: readonly string[], directory: string): boolean {
  const paths = findFiles(wanted, directory);
  const reports = paths.map((path) =>
    checkFile(path, relative(process.cwd(), path), { needsOwnValues: true }),
  );
  for (const { lines } of reports) console.log(lines.join("\n"));
  if (paths.length > 0) return reports.every(({ good }) => good);
  console.error(`${directory}: no Pulumi.<stack>.yaml found. Run it in your project, or set --cwd.`);
  return false;
}
