/** A failure that its message explains completely: what failed, why, and what to do. No stack trace is shown. */
export class ToolchainError extends Error {
  override name = "ToolchainError";
}

export class ChecksumError extends ToolchainError {
  constructor(program: string, what: string, expected: string, actual: string) {
    super(
      `${program}: the checksum of ${what} is not the pinned one.\n` +
        `  expected sha256 ${expected}\n` +
        `  got      sha256 ${actual}\n` +
        "Nothing was installed. Run the command again in case the download was damaged. If the checksum " +
        "still differs, the file has changed at its source: compare it with the vendor's published checksum, and only " +
        "if they match, replace the pinned one.",
    );
  }
}

/** A program of the machine that failed, with the last lines that it printed. */
export class CommandError extends ToolchainError {
  constructor(command: string, how: string, lastLines: readonly string[]) {
    const output =
      lastLines.length > 0 ? lastLines.map((line) => `  ${line}`).join("\n") : "  (it printed nothing)";
    super(`\`${command}\` ${how}. Its last lines:\n${output}`);
  }
}
