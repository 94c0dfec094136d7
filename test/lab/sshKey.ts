import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../lab/run.ts";

/** Both halves of a new key, as `ssh-keygen` writes them; the public half ends with the comment. */
export async function newSshKey(comment = ""): Promise<{ publicKey: string; privateKey: string }> {
  const directory = await mkdtemp(join(tmpdir(), "mynodeone-key-"));
  try {
    const file = join(directory, "key");
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file]);
    return { publicKey: await readFile(`${file}.pub`, "utf8"), privateKey: await readFile(file, "utf8") };
  } finally {
    await rm(directory, { recursive: true });
  }
}
