import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { paths } from "./paths.ts";
import { run } from "./run.ts";
import { verifyChecksum } from "./toolchain/files.ts";

/** debootstrap's script for each of Ubuntu's suites: Debian 12's debootstrap does not know the newer ones. */
export const ubuntuScript = "gutsy";

/** Checksum of the file; its key that signs 24.04 is F6ECB3762474EDA9D21B7022871920D1991BC93C. */
const sha256 = "80a36b0a6de2f69f49d2df75ef473ccde121e9e190b9ea01d20a4f63778d5c31";

/**
 * The file with the keys that sign Ubuntu's archive. Debian has no package with it. It is downloaded from that archive
 * itself, so only the checksum verifies it. Throws `ChecksumError` if the checksum differs.
 */
export async function ubuntuKeyring(suite: string, mirror: string): Promise<string> {
  const keyring = join(paths.images, "ubuntu-archive-keyring.gpg");
  if (existsSync(keyring)) return keyring;
  const scratch = `${keyring}.partial`;
  rmSync(scratch, { recursive: true, force: true });
  const tree = join(scratch, "tree");
  mkdirSync(tree, { recursive: true });
  const unchecked = ["--variant=minbase", "--no-check-gpg", "--download-only"];
  await run("debootstrap", [...unchecked, suite, tree, mirror, ubuntuScript]);
  const archives = join(tree, "var/cache/apt/archives");
  const name = readdirSync(archives).find((file) => file.startsWith("ubuntu-keyring_")) ?? "ubuntu-keyring";
  const unpacked = join(scratch, "unpacked");
  await run("dpkg-deb", ["--extract", join(archives, name), unpacked]);
  const file = join(unpacked, "usr/share/keyrings/ubuntu-archive-keyring.gpg");
  await verifyChecksum("ubuntu-keyring", file, name, sha256);
  renameSync(file, keyring);
  rmSync(scratch, { recursive: true });
  return keyring;
}
