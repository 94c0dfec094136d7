import type { Effect } from "./change.ts";
import type { Plan } from "./compare.ts";
import type { Phrase } from "./phrase.ts";
import type { PreviewedPlan } from "./preview.ts";

const signs: Record<Effect, string> = { opens: "+", closes: "-", changes: "~" };

/** The output of `npm run plan`. */
export function renderPlan({ plan, diff }: PreviewedPlan, { markdown }: { markdown: boolean }): string {
  return markdown ? renderMarkdown(plan, diff) : `${renderText(plan)}\n${diff}`;
}

/** For a terminal: one line per app. */
export function renderText(plan: Plan): string {
  const width = Math.max(0, ...plan.lines.map(({ app }) => printable(app).length));
  const lines = plan.lines.map(
    ({ app, effect, text }) => `${signs[effect]} ${printable(app).padEnd(width)}  ${write(text, printable)}`,
  );
  return `${[...lines, summary(plan)].join("\n")}\n`;
}

/** For a comment on a pull request: the same, and Pulumi's output below a fold. */
export function renderMarkdown(plan: Plan, diff: string): string {
  const lines = plan.lines.map(({ app, effect, text }) => {
    const what = write(text, codeSpan);
    return `- ${labels[effect]} ${codeSpan(app)}: ${what}`;
  });
  const body = lines.length === 0 ? "" : `${lines.join("\n")}\n\n`;
  const text = printable(diff.trimEnd(), true);
  const block = fenced(text, 3);
  return `### Who can reach what\n\n${body}${summary(plan)}\n\n<details><summary>pulumi preview</summary>\n\n${block}\n\n</details>\n`;
}

const labels: Record<Effect, string> = { opens: "**opens**", closes: "**closes**", changes: "changes" };

function summary({ lines, apps, onTheInternet }: Plan): string {
  const public_ = `${onTheInternet} of ${apps} ${apps === 1 ? "app" : "apps"} on the internet`;
  return lines.length === 0
    ? `Nobody can reach more or less than before: ${public_}.`
    : `Afterwards: ${public_}.`;
}

function write(text: Phrase, mark: (value: string) => string): string {
  return text.map((part) => (typeof part === "string" ? part : mark(part.value))).join("");
}

/** Text that is safe for a terminal: control characters, line breaks and bidirectional marks are spelt out. */
export function printable(text: string, keepLines = false): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    keepLines && character === "\n" ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** A code span, in which Markdown has no markup: no links, mentions or HTML. The fence is longer than any inside. */
function codeSpan(text: string): string {
  const inner = printable(text);
  const fence = "`".repeat(longestFence(inner) + 1);
  // Markdown removes one space at each end; it separates a backtick at the end from the fence.
  return /^[` ]|[` ]$/.test(inner) || inner === ""
    ? `${fence} ${inner} ${fence}`
    : `${fence}${inner}${fence}`;
}

function fenced(text: string, least: number): string {
  const fence = "`".repeat(Math.max(least, longestFence(text) + 1));
  return `${fence}text\n${text}\n${fence}`;
}

function longestFence(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}
