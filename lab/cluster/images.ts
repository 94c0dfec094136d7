import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { paths, tool } from "../paths.ts";
import { dockerArchive, sha256 } from "./image.ts";
import type { Image } from "./image.ts";
import { layout } from "./layout.ts";
import { ctr, readIfPresent } from "./run.ts";

/** The names under which the cluster finds the lab's images; they exist in no registry. */
export const imageNames = {
  pause: "lab.test/pause:lab",
  coredns: "lab.test/coredns:lab",
  httpbin: "lab.test/go-httpbin:lab",
} as const;

/** Builds the lab's images and imports those that changed since the last import. */
export async function importImages(): Promise<void> {
  const imported = JSON.parse(readIfPresent(layout.importedImages) ?? "{}") as Record<string, string>;
  for (const image of images()) {
    const archive = await buildArchive(image);
    if (imported[image.name] === archive) continue;
    await ctr("images", "import", archive);
    imported[image.name] = archive;
    writeFileSync(layout.importedImages, JSON.stringify(imported));
  }
}

/** Each image contains one static program and nothing else. */
function images(): Image[] {
  const binary = (path: string, program: string) => ({
    path,
    content: readFileSync(tool(program)),
    mode: 0o755,
  });
  return [
    {
      name: imageNames.pause,
      files: [binary("pause", "pause")],
      entrypoint: ["/pause"],
      user: "65535:65535",
    },
    { name: imageNames.coredns, files: [binary("coredns", "coredns")], entrypoint: ["/coredns"] },
    {
      name: imageNames.httpbin,
      files: [binary("go-httpbin", "go-httpbin")],
      entrypoint: ["/go-httpbin"],
      user: "65532:65532",
    },
  ];
}

/** Writes the archive unless one with the same content exists, and returns its path. */
async function buildArchive(image: Image): Promise<string> {
  const fileName = image.name.replaceAll(/[/:]/g, "_");
  const digests = image.files.map(({ content, ...entry }) => ({
    ...entry,
    digest: content && sha256(content),
  }));
  const key = sha256(Buffer.from(JSON.stringify({ ...image, files: digests }))).slice(0, 16);
  const archive = join(paths.images, `${fileName}-${key}.tar`);
  if (!existsSync(archive)) {
    mkdirSync(paths.images, { recursive: true });
    writeFileSync(`${archive}.partial`, await dockerArchive(image));
    renameSync(`${archive}.partial`, archive);
  }
  return archive;
}
