/**
 * One word for a POSIX shell: whatever `text` contains arrives as data.
 *
 * Inside single quotes only the quote itself is special to a shell, so only that is replaced. A NUL cannot be passed to
 * any program and is refused.
 *
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02
 */
export function shellQuote(text: string): string {
  if (text.includes("\0")) {
    throw new RangeError("A shell word cannot contain a NUL character");
  }
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * One word for a POSIX shell, with marks replaced by the values of shell expressions.
 *
 * @param marks expressions such as `$name`, by mark. A mark is text that occurs nowhere else, without special
 * characters of regular expressions
 */
export function shellTemplate(text: string, marks: Record<string, string>): string {
  const names = Object.keys(marks);
  if (names.length === 0) return shellQuote(text);
  return text
    .split(new RegExp(`(${names.join("|")})`))
    .map((part) => (names.includes(part) ? `"${marks[part]}"` : shellQuote(part)))
    .join("");
}

/** A command line: every word quoted, separated by one space. */
export function shellCommand(...words: string[]): string {
  return words.map(shellQuote).join(" ");
}
