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

/** A command line: every word quoted, one blank between. */
export function shellCommand(...words: string[]): string {
  return words.map(shellQuote).join(" ");
}
