/** The part of an app's variables that comes from its name: `uptime-kuma` → `UPTIME_KUMA`. */
export function envName(app: string): string {
  return app.toUpperCase().replaceAll("-", "_");
}

/**
 * `KEY=value`, for a shell that sources the file and for systemd's `EnvironmentFile` alike. What either might interpret
 * is put in double quotes, where both read a backslash before `"`, `\`, a backtick and `$` the same way. In single
 * quotes they differ: systemd cannot go on with a quote after the first quoted part.
 *
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#EnvironmentFile=
 */
export function renderEnvLine(key: string, value: string): string {
  if (!/^[A-Z_][A-Z0-9_]*$/.test(key)) {
    throw new RangeError(`Not the name of an environment variable: ${JSON.stringify(key)}`);
  }
  if (/[\n\r\0]/.test(value)) {
    throw new RangeError(`${key} cannot hold a line break or a NUL character`);
  }
  const plain = /^[A-Za-z0-9_./:@%+,=-]*$/.test(value);
  return `${key}=${plain ? value : `"${value.replace(/["\\`$]/g, "\\$&")}"`}`;
}
