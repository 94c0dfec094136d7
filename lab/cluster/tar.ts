import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";

/** One entry of an archive. Paths are relative, with `/` between the parts. */
export interface TarEntry {
  path: string;
  /** Content of a file; a directory has none. */
  content?: Uint8Array;
  /** @default 0o644 for a file, 0o755 for a directory */
  mode?: number;
}

/** A tar archive that depends only on its entries: no times, no owners, sorted by path. */
export async function tar(entries: readonly TarEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const { path, content, mode } of entries.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    if (path === "" || path.startsWith("/") || path.split("/").includes(".."))
      throw new Error(`tar entry "${path}": give a path relative to the archive's root`);
    const header = { mode, mtime: new Date(0) };
    if (content) archive.entry({ ...header, name: path }, Buffer.from(content));
    else archive.entry({ ...header, name: path.replace(/\/?$/, "/"), type: "directory" });
  }
  archive.finalize();
  return buffer(archive);
}
