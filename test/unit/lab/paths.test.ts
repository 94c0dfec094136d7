import { expect } from "chai";
import { dirname } from "node:path";
import { cacheRoot, labDirectory, labNameFrom, paths } from "../../../lab/paths.ts";

describe("the name of a lab", () => {
  it('is "lab" unless another is given', () => {
    expect(labNameFrom(undefined)).to.equal("lab");
    expect(labNameFrom("")).to.equal("lab");
    expect(labNameFrom("second")).to.equal("second");
  });

  for (const name of [".", "..", "../tools", "a/b", "-x", "Second", "two words"])
    it(`is refused: ${name}`, () => {
      expect(() => labNameFrom(name)).to.throw(`MYNODEONE_LAB is "${name}"`);
    });

  it("names a directory without anything that labs share", () => {
    for (const name of ["tools", "images", "compiled", "bin", "pulumi"]) {
      expect(dirname(labDirectory(labNameFrom(name)))).to.equal(`${cacheRoot}/labs`);
    }
    for (const shared of [paths.tools, paths.images, paths.compiled, paths.bin, paths.pulumiHome])
      expect(shared).not.to.match(/\/labs\//);
  });
});
