import { createHash } from "node:crypto";
import { tar } from "./tar.ts";
import type { TarEntry } from "./tar.ts";

/** A container image of a single layer. */
export interface Image {
  /** Full name with tag, e.g. `lab.test/app:lab`. */
  name: string;
  files: readonly TarEntry[];
  entrypoint: readonly string[];
  /** `uid` or `uid:gid`. @default root */
  user?: string;
  env?: Readonly<Record<string, string>>;
  /** Architecture as the OCI image specification names it. @default that of this machine */
  architecture?: string;
}

/**
 * The image as a docker-archive, as written by `docker save` and read by `ctr images import`. The same image gives the
 * same bytes.
 *
 * @see https://github.com/moby/docker-image-spec/blob/main/spec.md
 */
export async function dockerArchive(image: Image): Promise<Buffer> {
  const layer = await tar(withParents(image.files));
  const layerDigest = sha256(layer);
  const config = Buffer.from(
    JSON.stringify({
      created: "1970-01-01T00:00:00Z",
      architecture: image.architecture ?? machineArchitecture(),
      os: "linux",
      config: {
        Entrypoint: image.entrypoint,
        User: image.user ?? "",
        Env: Object.entries(image.env ?? {}).map(([name, value]) => `${name}=${value}`),
        WorkingDir: "/",
      },
      rootfs: { type: "layers", diff_ids: [`sha256:${layerDigest}`] },
    }),
  );
  const configFile = `${sha256(config)}.json`;
  const layerFile = `${layerDigest}.tar`;
  const manifest = [{ Config: configFile, RepoTags: [image.name], Layers: [layerFile] }];
  return tar([
    { path: "manifest.json", content: Buffer.from(JSON.stringify(manifest)) },
    { path: configFile, content: config },
    { path: layerFile, content: layer },
  ]);
}

/** Adds the directories above each file, since some unpackers require entries for them. */
function withParents(files: readonly TarEntry[]): TarEntry[] {
  const directories = files.flatMap(({ path }) => {
    const parts = path.split("/").slice(0, -1);
    return parts.map((_, depth) => `${parts.slice(0, depth + 1).join("/")}/`);
  });
  const given = new Set(files.map(({ path }) => path));
  return [
    ...files,
    ...[...new Set(directories)].filter((path) => !given.has(path)).map((path) => ({ path })),
  ];
}

/** Node's name of the processor architecture, converted to Go's name, which images use. */
function machineArchitecture(): string {
  return process.arch === "x64" ? "amd64" : process.arch;
}

export function sha256(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
