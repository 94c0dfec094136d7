/**
 * `name:hash`, with a bcrypt hash: a password in plain text is not one, and neither is a weaker hash. Its cost is from
 * 10 to 14. At a lower one, a stolen file can be tried with thousands of passwords a second. At a higher one, each
 * request occupies the edge for seconds, since Traefik computes the hash at every one.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#bcrypt
 */
const user = /^[^:\s]+:\$2[aby]\$1[0-4]\$[./A-Za-z0-9]{53}$/;

/** What a file of users says. */
export interface Htpasswd {
  /** One `name:hash` each. */
  users: string[];
  /** Numbers of the lines that are no such thing. Not the lines: a password may stand in them. */
  wrongLines: number[];
}

/**
 * Reads a file of users; empty lines and comments are left out.
 *
 * @see https://httpd.apache.org/docs/current/programs/htpasswd.html
 */
export function readHtpasswd(text: string): Htpasswd {
  const lines = text
    .split(/\r?\n/)
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== "" && !line.startsWith("#"));
  const good = ({ line }: { line: string }) => user.test(line);
  return {
    users: lines.filter(good).map(({ line }) => line),
    wrongLines: lines.filter((one) => !good(one)).map(({ number }) => number),
  };
}
