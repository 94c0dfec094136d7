import { expect } from "chai";
import fc from "fast-check";
import { atLeast, findVersion, fits } from "../../../lab/toolchain/version.ts";

describe("the toolchain version check", () => {
  it("finds the version in the output of a program", () => {
    const answers = {
      "v3.20.2+g8fb76d6": "3.20.2",
      "Kubernetes v1.34.4": "1.34.4",
      'Client Version: version.Info{Major:"1", Minor:"20", GitVersion:"v1.20.2"}': "1.20.2",
      "go1.25": "1.25",
      "containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u3": "1.6.20",
    };
    for (const [answer, version] of Object.entries(answers)) expect(findVersion(answer)).to.equal(version);
    expect(findVersion("command not found")).to.equal(undefined);
  });

  it("accepts only later patch releases if the minor release has to match", () => {
    expect(fits("1.34.9", "1.34.4", "minor")).to.equal(true);
    expect(fits("1.20.2", "1.34.4", "minor")).to.equal(false);
    expect(fits("1.35.0", "1.34.4", "minor")).to.equal(false);
    expect(fits("1.34.3", "1.34.4", "minor")).to.equal(false);
  });

  it("accepts later minor releases if only the major release has to match", () => {
    expect(fits("3.256.0", "3.255.0", "major")).to.equal(true);
    expect(fits("3.254.9", "3.255.0", "major")).to.equal(false);
    expect(fits("4.0.0", "3.255.0", "major")).to.equal(false);
  });

  it("treats a minor release below 1.0 as a major one", () => {
    expect(fits("0.26.2", "0.26.1", "major")).to.equal(true);
    expect(fits("0.27.0", "0.26.1", "major")).to.equal(false);
  });

  it("reads versions with fewer numbers, or with what Debian adds to them", () => {
    expect(atLeast("1.25", "1.25.0")).to.equal(true);
    expect(atLeast("1.25", "1.25.1")).to.equal(false);
    expect(fits("1.6.20~ds1-1+deb12u3", "1.6.20", "major")).to.equal(true);
    expect(fits("1.6.18~ds1-1+deb12u1", "1.6.20", "major")).to.equal(false);
    expect(atLeast("devel", "0.0.1")).to.equal(false);
  });

  it("orders versions by number, not as text", () => {
    // Few numbers, so that two versions often differ in the last one only.
    const part = fc.constantFrom(0, 1, 2, 9, 10, 100);
    const version = fc.tuple(part, part, part);
    fc.assert(
      fc.property(version, version, (left, right) => {
        const weight = ([major, minor, patch]: [number, number, number]) =>
          (major * 201 + minor) * 201 + patch;
        expect(atLeast(left.join("."), right.join("."))).to.equal(weight(left) >= weight(right));
      }),
    );
  });
});
