import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chosenVariant } from "../../../lab/variant.ts";

describe("the variant of a lab", () => {
  let record: string;

  beforeEach(() => {
    record = join(mkdtempSync(join(tmpdir(), "mynodeone-test-")), "variant");
  });

  afterEach(() => {
    rmSync(join(record, ".."), { recursive: true });
  });

  it("is the one it was created with by default", () => {
    writeFileSync(record, "debian13");
    expect(chosenVariant(undefined, record)).to.equal("debian13");
    expect(chosenVariant("debian13", record)).to.equal("debian13");
  });

  it("is the requested one, or the standard one, if there is no lab yet", () => {
    expect(chosenVariant("debian13", record)).to.equal("debian13");
    expect(chosenVariant(undefined, record)).to.equal("standard");
  });

  it("is refused if the lab has another one, or none has that name", () => {
    expect(() => chosenVariant("toString", record)).to.throw(
      'MYNODEONE_VARIANT: unknown variant "toString". Available: standard,',
    );
    writeFileSync(record, "debian13");
    expect(() => chosenVariant("standard", record)).to.throw(
      'MYNODEONE_VARIANT is "standard", but this lab was created as "debian13": take it down first',
    );
  });
});
