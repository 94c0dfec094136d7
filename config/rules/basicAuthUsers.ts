import isPlainObject from "is-plain-obj";
import type { Reader } from "../schema/reader.ts";
import type { ConfigSource } from "../source.ts";

/** The accepted basic-auth users. Reads the raw config, so it reports problems even if an app has others. */
export function checkBasicAuthUsers(source: ConfigSource, reader: Reader): void {
  const apps = source.get("apps");
  const asking = Object.entries(isPlainObject(apps) ? apps : {}).find(
    ([, options]) => isPlainObject(options) && options.basicAuth === true && options.internet === true,
  );
  if (asking === undefined || source.keys?.().includes("basicAuthUsers") !== false) return;
  const [app] = asking;
  reader.report(
    ["basicAuthUsers"],
    `missing, but required by \`basicAuth: true\` of ${app}. Write one line \`user:hash\` per user, as ` +
      "`htpasswd -nBC 10 USER` prints it, into a file, and run: " +
      "pulumi config set --secret mynodeone:basicAuthUsers < FILE",
  );
}
