import { expect } from "chai";
import fc from "fast-check";
import { labZone } from "../../../lab/services/cloudflare/labZone.ts";
import { characterStrings, renderZone, type ZoneRecord } from "../../../lab/services/cloudflare/zoneFile.ts";
import { matchSnapshot } from "../snapshot.ts";

const base = { zone: "lab.test", primaryNameServer: "ns1.lab.test", records: [] };

/** The strings of a TXT line, as bytes, by the rules of RFC 1035. */
function readStrings(line: string): Buffer[] {
  const strings: number[][] = [];
  let current: number[] | undefined;
  for (let i = line.indexOf(" IN TXT ") + 8; i < line.length; i++) {
    const character = line.charAt(i);
    if (character === '"') {
      if (current) strings.push(current);
      current = current ? undefined : [];
    } else if (character === "\\") {
      const digits = /^\d{3}/.exec(line.slice(i + 1, i + 4))?.[0];
      current?.push(digits ? Number(digits) : line.charCodeAt(i + 1));
      i += digits ? 3 : 1;
    } else if (current) current.push(character.charCodeAt(0));
    else expect(character).to.equal(" ");
  }
  expect(current, "an open quote").to.equal(undefined);
  return strings.map((bytes) => Buffer.from(bytes));
}

function renderedTxt(content: string): string {
  const zone = renderZone([{ name: "t.lab.test", type: "TXT", content, ttl: 60 }], 1, base);
  const [soa, line, ...rest] = zone.split("\n");
  expect(soa).to.include(" SOA ");
  expect(rest).to.deep.equal([""]);
  return line ?? "";
}

describe("the zone file", function () {
  // The property tests run many examples, perhaps on a busy machine.
  this.timeout(60_000);

  it("matches the snapshot of the lab's zone", () => {
    const records: ZoneRecord[] = [
      { name: "photos.lab.test", type: "A", content: "198.51.100.10", ttl: 1 },
      { name: "photos.lab.test", type: "AAAA", content: "2001:db8::10", ttl: 60 },
      { name: "*.dev.lab.test", type: "CNAME", content: "photos.lab.test", ttl: 120 },
      { name: "_acme-challenge.photos.lab.test", type: "TXT", content: '"token-_value"', ttl: 120 },
      { name: "odd.lab.test", type: "TXT", content: 'say "hi"; \\ and\nmore ü', ttl: 1 },
    ];
    matchSnapshot("zoneFile/lab.test.zone", renderZone(records, 2025112301, labZone));
  });

  it("keeps any TXT content within quotes on one line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 600 }), (text) => {
        const content = `x${text}`;
        const strings = readStrings(renderedTxt(content));
        expect(Buffer.concat(strings).equals(Buffer.from(content))).to.equal(true);
        for (const string of strings) expect(string.length).to.be.at.most(255);
      }),
    );
  });

  it("splits quoted TXT content at its quotes", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 40 }), { minLength: 1 }), (texts) => {
        const content = texts.map((text) => `"${text.replace(/["\\]/g, "\\$&")}"`).join(" ");
        const expected = texts.map((text) => Buffer.from(text).toString("hex"));
        expect(readStrings(renderedTxt(content)).map((string) => string.toString("hex"))).to.deep.equal(
          expected,
        );
      }),
    );
  });

  it("reads \\DDD as a byte, or as digits if there is no such byte", () => {
    expect(characterStrings('"\\007\\255"')).to.deep.equal([Buffer.from([7, 255])]);
    expect(characterStrings('"\\999"')).to.deep.equal([Buffer.from("999")]);
  });

  it("does not depend on the order of the records", () => {
    const a: ZoneRecord = { name: "a.lab.test", type: "A", content: "198.51.100.1", ttl: 1 };
    const b: ZoneRecord = { name: "b.lab.test", type: "A", content: "198.51.100.2", ttl: 1 };
    expect(renderZone([a, b], 7, labZone)).to.equal(renderZone([b, a], 7, labZone));
  });
});
