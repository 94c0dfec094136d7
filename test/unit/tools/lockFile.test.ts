import { expect } from "chai";
import { readFileSync } from "node:fs";
import { weaknessesOf, type LockFile } from "../../../tools/lockFile.ts";

const read = () => JSON.parse(readFileSync("package-lock.json", "utf8")) as LockFile;
const path = "node_modules/yaml";

/** The project's own lock file, with these fields of one package changed. */
function changed(fields: object): LockFile {
  const lock = read();
  return { packages: { ...lock.packages, [path]: { ...lock.packages[path], ...fields } } };
}

describe("the lock file", () => {
  it("pins every package", () => {
    expect(weaknessesOf(read())).to.deep.equal([]);
  });

  const weak: Record<string, object> = {
    "no checksum": { integrity: undefined },
    "a checksum that can be forged": { integrity: "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=" },
    "a checksum that was cut off": { integrity: "sha512-abc" },
    "an address of its own": { resolved: "https://packages.example.com/yaml.tgz" },
    "a commit": { resolved: "git+ssh://git@github.com/eemeli/yaml.git#abc" },
    "a link to another folder than a workspace": { resolved: "../yaml", link: true },
  };
  for (const [what, fields] of Object.entries(weak)) {
    it(`is refused for a package with ${what}`, () => {
      const [weakness, ...others] = weaknessesOf(changed(fields));
      expect(weakness).to.match(new RegExp(`^${path} `));
      expect(others).to.be.empty;
    });
  }

  it("is refused for a package that only a workspace uses and that has no checksum", () => {
    expect(weaknessesOf({ packages: { "": {}, "lab/node_modules/yaml": {} } })).to.have.length(1);
  });

  it("is accepted for a workspace", () => {
    const own = { workspaces: [".", "lab"] };
    const links = {
      "node_modules/lab": { resolved: "lab", link: true },
      // npm writes the project's own folder like this.
      "node_modules/mynodeone": { resolved: "", link: true },
    };
    expect(weaknessesOf({ packages: { "": own, lab: {}, ...links } })).to.be.empty;
    expect(weaknessesOf({ packages: { "": { workspaces: [] }, lab: {}, ...links } })).to.have.length(2);
  });
});
