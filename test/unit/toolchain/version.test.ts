import { expect } from "chai";
import fc from "fast-check";
import { atLeast, findVersion, fits } from "../../../lab/toolchain/version.ts";

describe("toolchain: versions", () => {
  it("finds the version in what programs print", () => {
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

  it("takes no kubectl of another minor release, older or newer", () => {
    expect(fits("1.34.9", "1.34.4", "minor")).to.equal(true);
    expect(fits("1.20.2", "1.34.4", "minor")).to.equal(false);
    expect(fits("1.35.0", "1.34.4", "minor")).to.equal(false);
    expect(fits("1.34.3", "1.34.4", "minor")).to.equal(false);
  });

  it("takes later minor releases where only the major one matters", () => {
    expect(fits("3.256.0", "3.255.0", "major")).to.equal(true);
    expect(fits("3.254.9", "3.255.0", "major")).to.equal(false);
    expect(fits("4.0.0", "3.255.0", "major")).to.equal(false);
  });

  it("orders versions by number, not by text", () => {
    const version = fc.tuple(fc.nat(200), fc.nat(200), fc.nat(200));
    fc.assert(
      fc.property(version, version, (left, right) => {
        const weight = ([major, minor, patch]: [number, number, number]) =>
          (major * 201 + minor) * 201 + patch;
        expect(atLeast(left.join("."), right.join("."))).to.equal(weight(left) >= weight(right));
      }),
    );
  });
});
