/** The part of a variable's name that comes from the app's: `uptime-kuma` → `UPTIME_KUMA`. */
export function envName(app: string): string {
  return app.toUpperCase().replaceAll("-", "_");
}

/**
 * `KEY=value`, for a shell that sources the file and for systemd's `EnvironmentFile` alike. Values with special
 * characters are in double quotes, where both treat a backslash before `"`, `\`, a backtick and `$` the same way.
 * Single quotes do not work: systemd cannot continue with a quote after the first quoted part.
 *
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#EnvironmentFile=
 */
export function renderEnvLine(key: string, value: string): string {
  if (!/^[A-Z_][A-Z0-9_]*$/.test(key)) {
    throw new RangeError(`Not the name of an environment variable: ${JSON.stringify(key)}`);
  }
  if (/[\n\r\0]/.test(value)) {
    throw new RangeError(`${key} cannot contain a line break or a NUL character`);
  }
  const plain = /^[A-Za-z0-9_./:@%+,=-]*$/.test(value);
  return `${key}=${plain ? value : `"${value.replace(/["\\`$]/g, "\\$&")}"`}`;
}
