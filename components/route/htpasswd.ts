/**
 * `name:hash` with a bcrypt hash of cost 10 to 14; plain-text passwords and weaker hashes are refused. At a lower cost,
 * a stolen file can be tried with thousands of passwords a second. At a higher one, each request occupies the edge for
 * seconds, since Traefik computes the hash every time.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#bcrypt
 */
const user = /^[^:\s]+:\$2[aby]\$1[0-4]\$[./A-Za-z0-9]{53}$/;

/** Contents of an htpasswd file. */
export interface Htpasswd {
  /** One `name:hash` each. */
  users: string[];
  /** Numbers of the invalid lines. Not the lines themselves, since they may contain a password. */
  wrongLines: number[];
}

/**
 * Reads an htpasswd file; empty lines and comments are skipped.
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
