import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { acmeStore, takeUpAcmeStore } from "../../../../components/edge/acmeStore.ts";
import { letsEncryptDirectory } from "../../../../components/edge/letsEncrypt.ts";
import { temporaryDirectories } from "../../temporaryDirectories.ts";

const staging = "https://acme-staging-v02.api.letsencrypt.org/directory";
const other = "https://acme.lab.test:14000/dir";
const accountOf = (server: string) => new URL("/acme/acct/1", server).href;

/** A certificate in Traefik's format: base64 of PEM blocks, the first of which is the server's own. */
function certificateBy(issuer: string): string {
  const block = (text: string) =>
    `-----BEGIN CERTIFICATE-----\n${Buffer.from(text).toString("base64")}\n-----END CERTIFICATE-----\n`;
  return Buffer.from(block(`\x30\x82\x00${issuer}\xff`) + block("(STAGING) a root")).toString("base64");
}

function storeText(account: string | undefined, ...issuers: string[]): string {
  const Certificates = issuers.map((issuer) => ({
    domain: { main: "photos.example.com" },
    certificate: certificateBy(issuer),
    key: "a key",
    Store: "default",
  }));
  const Account = account === undefined ? null : { Email: "me@example.net", Registration: { uri: account } };
  return JSON.stringify({ le: { Account, Certificates } }, null, 2);
}

const nameOf = (server: string) => acmeStore(server).replace("/var/lib/traefik/", "");

describe("Traefik's certificates", () => {
  const newDirectory = temporaryDirectories();

  /** Runs the script on a directory with these files. Returns the resulting files and the output. */
  function takeUp(server: string | undefined, before: Record<string, string>) {
    const directory = newDirectory();
    for (const [name, text] of Object.entries(before)) writeFileSync(join(directory, name), text);
    const script = takeUpAcmeStore(server).replaceAll("/var/lib/traefik", directory);
    const standIns = 'changed=0\nsystemctl() { echo systemctl "$@"; }\nrun_as() { shift; "$@"; }';
    const said = execFileSync("sh", ["-euc", `${standIns}\n${script}\necho changed=$changed`]).toString();
    const after = Object.fromEntries(
      readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), "utf8")]),
    );
    return { after, said };
  }

  it("are stored in one file for each ACME server, and Let's Encrypt's under the same path as before", () => {
    expect(acmeStore()).to.equal("/var/lib/traefik/acme.json");
    expect(acmeStore(letsEncryptDirectory)).to.equal(acmeStore());
    expect(acmeStore(staging)).to.match(
      /^\/var\/lib\/traefik\/acme-acme-staging-v02\.api\.letsencrypt\.org-[0-9a-f]{8}\.json$/,
    );
    expect(
      new Set([acmeStore(), acmeStore(staging), acmeStore(other), acmeStore(`${other}2`)]),
    ).to.have.property("size", 4);
  });

  it("of Let's Encrypt stay where they are, without a restart", () => {
    const before = { "acme.json": storeText(accountOf(letsEncryptDirectory), "Let's Encrypt R12") };
    for (const server of [undefined, staging])
      expect(takeUp(server, before)).to.deep.equal({ after: before, said: "changed=0\n" });
    for (const text of ["", "{}", storeText(undefined)])
      expect(takeUp(undefined, { "acme.json": text }).after).to.deep.equal({ "acme.json": text });
    expect(takeUp(undefined, {}).after).to.deep.equal({});
  });

  it("of another server are moved away, and used again with that server", () => {
    for (const server of [staging, other]) {
      const text = storeText(accountOf(server), "Pebble");
      const { after, said } = takeUp(undefined, { "acme.json": text });
      expect(Object.values(after)).to.deep.equal([text]);
      expect(after).not.to.have.any.keys("acme.json", nameOf(server));
      expect(said).to.equal("systemctl stop traefik\nchanged=1\n");
      expect(takeUp(server, after).after).to.deep.equal({ [nameOf(server)]: text });
    }
  });

  it("of the same server are migrated from the file of an earlier version", () => {
    const text = storeText(accountOf(staging));
    expect(takeUp(staging, { "acme.json": text }).after).to.deep.equal({ [nameOf(staging)]: text });
    const present = { "acme.json": text, [nameOf(staging)]: "newer" };
    expect(takeUp(staging, present)).to.deep.equal({ after: present, said: "changed=0\n" });
  });

  it("of staging are moved away even if the account is already a production one", () => {
    const text = storeText(accountOf(letsEncryptDirectory), "Let's Encrypt R12", "(STAGING) False Fennel E6");
    const { after } = takeUp(undefined, { "acme.json": text });
    expect(Object.values(after)).to.deep.equal([text]);
    expect(after).not.to.have.property("acme.json");
  });

  it("that were moved away earlier are never overwritten", () => {
    const [first, second] = ["1", "2"].map((issuer) => storeText(accountOf(staging), issuer));
    const away = takeUp(undefined, { "acme.json": first ?? "" }).after;
    const { after } = takeUp(undefined, { ...away, "acme.json": second ?? "" });
    expect(Object.values(after)).to.have.members([first, second]);
  });
});
