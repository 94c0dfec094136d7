import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { dockerArchive, sha256 } from "../../../lab/cluster/image.ts";
import type { Image } from "../../../lab/cluster/image.ts";

const image: Image = {
  name: "lab.test/app:lab",
  files: [{ path: "usr/bin/app", content: Buffer.from("program"), mode: 0o755 }],
  entrypoint: ["/usr/bin/app"],
  user: "1000:1000",
  env: { PORT: "80" },
  architecture: "amd64",
};

function extract(archive: Buffer, path: string): Buffer {
  return execFileSync("tar", ["--extract", "--to-stdout", path], { input: archive });
}

interface Manifest {
  Config: string;
  RepoTags: string[];
  Layers: string[];
}

function read(archive: Buffer) {
  const [manifest] = JSON.parse(extract(archive, "manifest.json").toString()) as [Manifest];
  const config = extract(archive, manifest.Config);
  return { manifest, config, layer: extract(archive, manifest.Layers[0] ?? "") };
}

describe("dockerArchive", () => {
  it("identifies the config and the layer by their hashes", async () => {
    const { manifest, config, layer } = read(await dockerArchive(image));
    expect(manifest.RepoTags).to.deep.equal(["lab.test/app:lab"]);
    expect(manifest.Config).to.equal(`${sha256(config)}.json`);
    expect(JSON.parse(config.toString())).to.deep.equal({
      created: "1970-01-01T00:00:00Z",
      architecture: "amd64",
      os: "linux",
      config: { Entrypoint: ["/usr/bin/app"], User: "1000:1000", Env: ["PORT=80"], WorkingDir: "/" },
      rootfs: { type: "layers", diff_ids: [`sha256:${sha256(layer)}`] },
    });
  });

  it("adds an entry for each parent directory of a file", async () => {
    const { layer } = read(await dockerArchive(image));
    const list = execFileSync("tar", ["--list"], { input: layer }).toString();
    expect(list).to.equal("usr/\nusr/bin/\nusr/bin/app\n");
    expect(extract(layer, "usr/bin/app").toString()).to.equal("program");
  });

  it("returns the same bytes for the same image, and others for a changed image", async () => {
    const archive = await dockerArchive(image);
    expect(archive.equals(await dockerArchive({ ...image }))).to.be.true;
    const changed = {
      ...image,
      files: [{ path: "usr/bin/app", content: Buffer.from("Program"), mode: 0o755 }],
    };
    expect(archive.equals(await dockerArchive(changed))).to.be.false;
  });
});
