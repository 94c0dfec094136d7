/** One entry of an archive. Paths are relative, with `/` between the parts. */
export interface TarEntry {
  path: string;
  /** Content of a file; a directory has none. */
  content?: Uint8Array;
  /** @default 0o644 for a file, 0o755 for a directory */
  mode?: number;
}

const blockSize = 512;

/**
 * A POSIX ustar archive that depends on its entries alone: no times, no owners, sorted by path.
 *
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html (ustar interchange format)
 */
export function tar(entries: readonly TarEntry[]): Buffer {
  const blocks = [...entries]
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
    .flatMap((entry) => {
      const content = entry.content ?? new Uint8Array();
      return [header(entry), content, Buffer.alloc(padding(content.length))];
    });
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockSize)]);
}

function padding(length: number): number {
  return (blockSize - (length % blockSize)) % blockSize;
}

function header({ path, content, mode }: TarEntry): Buffer {
  const isFile = content !== undefined;
  if (path === "" || path.startsWith("/") || path.split("/").includes(".."))
    throw new Error(`tar entry "${path}": give a path relative to the archive's root`);
  const name = Buffer.from(isFile || path.endsWith("/") ? path : `${path}/`);
  if (name.length > 100) throw new Error(`tar entry "${path}": its path is longer than 100 bytes`);
  const block = Buffer.alloc(blockSize);
  const octal = (value: number, offset: number, width: number) =>
    block.write(value.toString(8).padStart(width - 1, "0") + "\0", offset, "latin1");
  name.copy(block, 0);
  octal(mode ?? (isFile ? 0o644 : 0o755), 100, 8);
  octal(0, 108, 8); // owner
  octal(0, 116, 8); // group
  octal(content?.length ?? 0, 124, 12);
  octal(0, 136, 12); // time of last change
  block.write(isFile ? "0" : "5", 156, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  // The checksum is taken with its own field full of spaces.
  block.fill(" ", 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(sum.toString(8).padStart(6, "0") + "\0 ", 148, "latin1");
  return block;
}
