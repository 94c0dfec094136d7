#!/usr/bin/env node
/**
 * The command `mynodeone`. Exits with 1 on a failed check, and with 2 on a wrong command line.
 *
 * Each subcommand is loaded on demand: `check` needs neither Pulumi nor its providers.
 */
import { Command, InvalidArgumentError, Option } from "commander";
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { PlanOptions } from "./plan.ts";

const mynodeone = new Command("mynodeone")
  .description("Checks a stack's config, and shows what a change would open and close")
  .version(readVersion())
  .addHelpText("after", examples("mynodeone check", "mynodeone plan --stack prod", "mynodeone check --help"))
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

addCommand("check")
  .summary("report every mistake in a stack's config")
  .description(
    "Reports every mistake in a stack's config by line and column, without Pulumi, hosts or secrets.",
  )
  .argument("[stack...]", "names of stacks, such as prod, or their files (default: all)")
  .addHelpText(
    "after",
    examples("mynodeone check", "mynodeone check prod", "mynodeone check ../Pulumi.prod.yaml"),
  )
  .action(async (stacks: string[], { cwd }: Directory) => {
    const { check } = await import("./check.ts");
    finish(check(stacks, cwd));
  });

addCommand("plan")
  .summary("show what `pulumi up` would open and close")
  .description(
    "Shows what `pulumi up` would open and close, and Pulumi's own preview below. Changes nothing.",
  )
  .option("--stack <name>", "the stack to preview (default: the selected one)")
  .option("--markdown", "print Markdown, for a comment on a pull request")
  .addHelpText("after", examples("mynodeone plan", "mynodeone plan --stack prod --markdown"))
  .action(async ({ cwd, ...options }: Directory & PlanOptions) => {
    const { plan } = await import("./plan.ts");
    finish(await plan(options, cwd));
  });

addCommand("access")
  .summary("print a Kubernetes account with the rights that the program needs")
  .description(
    "Prints a Kubernetes account with the rights that the program needs for a stack's apps, and no more.",
  )
  .argument("<stack>", "the stack's name, such as prod, or its file")
  .addHelpText("after", examples("mynodeone access prod | kubectl apply -f -"))
  .action(async (stack: string, { cwd }: Directory) => {
    const { access } = await import("./access.ts");
    finish(access(stack, cwd));
  });

await mynodeone.parseAsync();

interface Directory {
  cwd: string;
}

/** A subcommand with an option for the project's directory. */
function addCommand(name: string): Command {
  const directory = new Option("--cwd <directory>", "where Pulumi.yaml and the stacks' files are")
    .argParser(existingDirectory)
    .default(process.cwd(), "the current directory");
  return mynodeone.command(name).addOption(directory);
}

function existingDirectory(text: string): string {
  if (statSync(text, { throwIfNoEntry: false })?.isDirectory()) return resolve(text);
  throw new InvalidArgumentError("The directory does not exist.");
}

function examples(...lines: string[]): string {
  return ["\nExamples:", ...lines.map((line) => `  $ ${line}`)].join("\n");
}

function finish(isGood: boolean): void {
  if (!isGood) process.exitCode = 1;
}

/** Found by the package's name: package.json is not equally far from the sources and the compiled files. */
function readVersion(): string {
  const path = fileURLToPath(import.meta.resolve("mynodeone/package.json"));
  return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
}
