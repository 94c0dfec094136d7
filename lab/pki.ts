import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { paths } from "./paths.ts";
import { run } from "./run.ts";

const directory = join(paths.lab, "pki");

export interface KeyPair {
  certificate: string;
  key: string;
}

/** The lab's own authority: it signs the certificates of the CA's and the tailnet's servers, not those of the apps. */
export const authority: KeyPair = {
  certificate: join(directory, "ca.pem"),
  key: join(directory, "ca.key"),
};

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

export async function createAuthority(): Promise<void> {
  if (existsSync(authority.certificate)) return;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  await run("openssl", [
    ...["req", "-x509", ...newKey, "-days", "365", "-subj", "/CN=MyNodeOne lab CA"],
    ...["-keyout", authority.key, "-out", authority.certificate],
  ]);
}

/** A server certificate for the names and addresses, created once for each lab. */
export async function issueCertificate(name: string, subjects: readonly string[]): Promise<KeyPair> {
  const pair = { certificate: join(directory, `${name}.pem`), key: join(directory, `${name}.key`) };
  if (existsSync(pair.certificate)) return pair;
  const extensions = join(directory, `${name}.ext`);
  const alternativeNames = subjects.map((s) => (/^[\d.]+$/.test(s) ? `IP:${s}` : `DNS:${s}`));
  writeFileSync(extensions, `subjectAltName=${alternativeNames.join(",")}\nextendedKeyUsage=serverAuth\n`);
  const request = join(directory, `${name}.csr`);
  await run("openssl", [
    "req",
    "-new",
    ...newKey,
    "-subj",
    `/CN=${name}`,
    "-keyout",
    pair.key,
    "-out",
    request,
  ]);
  await run("openssl", [
    ...["x509", "-req", "-in", request, "-days", "365", "-extfile", extensions],
    // By OpenSSL's default, two certificates issued at the same time would write the same file of serial numbers.
    ...["-CA", authority.certificate, "-CAkey", authority.key, "-CAserial", join(directory, `${name}.srl`)],
    ...["-CAcreateserial", "-out", pair.certificate],
  ]);
  return pair;
}
