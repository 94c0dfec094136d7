/**
 * One word for a POSIX shell: whatever `text` holds arrives as data.
 *
 * Inside single quotes a shell knows no special character but the quote itself, so only that one
 * is replaced. A NUL can be passed to no program and is refused.
 *
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02
 */
export function shellQuote(text: string): string {
  if (text.includes("\0")) {
    throw new RangeError("A shell word cannot hold a NUL character");
  }
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * One word for a POSIX shell, in which shell expressions stand for some marks: what they expand to, as it is.
 *
 * @param marks expressions such as `$name`, by their marks: text that stands nowhere else, without special characters of
 * regular expressions
 */
export function shellTemplate(text: string, marks: Record<string, string>): string {
  const names = Object.keys(marks);
  if (names.length === 0) return shellQuote(text);
  return text
    .split(new RegExp(`(${names.join("|")})`))
    .map((part) => (names.includes(part) ? `"${marks[part]}"` : shellQuote(part)))
    .join("");
}

/** A command line: every word quoted, one blank between. */
export function shellCommand(...words: string[]): string {
  return words.map(shellQuote).join(" ");
}
