import { expect } from "chai";
import fc from "fast-check";
import { isDnsLabel } from "../../../../components/inputs/dnsName.ts";
import * as formats from "../../../../config/schema/formats.ts";
import { hostKey } from "../stackFile.ts";

/** Each check with texts that it accepts and texts that it refuses. */
const cases: [check: (text: string) => boolean, good: string[], bad: string[]][] = [
  [
    formats.isTimeZone,
    ["UTC", "Europe/Berlin", "America/Port_of_Spain", "America/Argentina/Buenos_Aires", "Etc/GMT+1"],
    ["", "europe/berlin", "Europe/Nowhere", "+01:00", "Europe/Berlin\n", "../etc/passwd", "Mars"],
  ],
  [
    formats.isEmail,
    ["me@example.com", "me+x@a.example"],
    ["me", "@example.com", "me@", "a@b@example.com", "me @example.com"],
  ],
  [
    function isHostKey(text) {
      return formats.hostKey.test(text);
    },
    [hostKey],
    [
      hostKey.slice(0, -1),
      `${hostKey}a`,
      `${hostKey} root@vps`,
      `vps ${hostKey}`,
      "ssh-rsa AAAA",
      `ssh-ed25519 ${"A".repeat(68)}`,
    ],
  ],
  [
    formats.isHttpsUrl,
    ["https://a.example/x?y"],
    [
      ...["http://a.example", "https://", "a.example", "https://[", "ftp://a.example"],
      ...["https://me@a.example", "https://me:password@a.example", "https://github.com%2f@a.example"],
    ],
  ],
  [
    formats.isPem,
    ["-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"],
    [
      "MIIB",
      "-----BEGIN CERTIFICATE-----\nMIIB",
      "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----",
    ],
  ],
];

describe("the format check", () => {
  for (const [check, good, bad] of cases) {
    it(`${check.name} accepts valid and refuses invalid text`, () => {
      expect(good.filter((text) => !check(text))).to.be.empty;
      expect(bad.filter(check)).to.be.empty;
    });
  }
});

describe("the format conversion", () => {
  it("toDnsLabel makes a label of any text with a letter or digit before the first dot", () => {
    fc.assert(
      fc.property(fc.string(), fc.stringMatching(/^[a-zA-Z0-9]$/), fc.string(), (before, letter, after) => {
        const text = `${before.replaceAll(".", "")}${letter}${after}`;
        // In a longer text, the only valid letter might be beyond the limit of 63.
        if (text.length <= 63) expect(formats.toDnsLabel(text)).to.satisfy(isDnsLabel);
      }),
    );
  });

  it("finds the domain in a URL and the host key in a line of ssh-keyscan", () => {
    expect(formats.toDomain("https://Photos.Example.com/login?x#y")).to.equal("photos.example.com");
    expect(formats.toDomain("example.com.")).to.equal("example.com");
    expect(formats.toDomain("https://Bücher.shop/")).to.equal("xn--bcher-kva.shop");
    expect(formats.toDnsLabel("Bücher")).to.equal("xn--bcher-kva");
    expect(formats.toHostKey(`203.0.113.7 ${hostKey} comment`)).to.equal(hostKey);
  });
});
