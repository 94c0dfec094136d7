import { expect } from "chai";
import { parseListen, parseOptions } from "../../../lab/services/commandLine.ts";

describe("the services' command line parser", () => {
  it("reads required and optional values", () => {
    const options = parseOptions(["listen", "root"], ["log"], ["--root", "/srv", "--listen=127.0.0.1:1"]);
    expect({ ...options }).to.deep.equal({ root: "/srv", listen: "127.0.0.1:1" });
    const more = parseOptions(["listen"], ["log"], ["--log=/var/log/lab", "--listen", "127.0.0.1:1"]);
    expect({ ...more }).to.deep.equal({ listen: "127.0.0.1:1", log: "/var/log/lab" });
  });

  for (const args of [[], ["--listen", "x", "--other", "y"], ["--listen", ""], ["x"]]) {
    it(`refuses "${args.join(" ")}" and prints the usage`, () => {
      expect(() => parseOptions(["listen"], ["log"], args)).to.throw(/\nUsage: --listen … \[--log …\]$/);
    });
  }

  it("reads an address and a port", () => {
    expect(parseListen("198.51.100.4:80")).to.deep.equal({ host: "198.51.100.4", port: 80 });
    expect(parseListen("[::1]:0")).to.deep.equal({ host: "::1", port: 0 });
  });

  for (const value of ["", "80", ":80", "::1:80", "[x]:80", "127.0.0.1:70000", "127.0.0.1:x"]) {
    it(`refuses to listen on "${value}"`, () => {
      expect(() => parseListen(value)).to.throw(`--listen: "${value}" is not an address and port`);
    });
  }
});
