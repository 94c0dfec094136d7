import { expect } from "chai";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../lab/paths.ts";
import { variants } from "../../../lab/topology.ts";
import { variantJobs } from "../../suite/variants.ts";

describe("the jobs on variants of the lab", () => {
  it("are one for each variant except the standard one, with files that exist", () => {
    const names = Object.keys(variants).filter((name) => name !== "standard");
    expect(variantJobs().map(({ variant }) => variant)).to.deep.equal(names);
    for (const { name, files } of variantJobs()) {
      expect(files, name).not.to.be.empty;
      for (const file of files) expect(existsSync(join(projectRoot, file)), file).to.equal(true);
    }
  });
});
