import { expect } from "chai";
import fc from "fast-check";
import { parseHujson, standardize } from "../../../lab/hujson.ts";

describe("the HuJSON parser", () => {
  const cases: [string, unknown][] = [
    ['{"a": 1, // one\n}', { a: 1 }],
    ["[1, /* two */ 2,]", [1, 2]],
    ['{"url": "https://example.com/*,]*/",}', { url: "https://example.com/*,]*/" }],
    ['["\\"//", ",]",]', ['"//', ",]"]],
    ["[1, // last\n // and more\n]", [1]],
  ];
  for (const [text, value] of cases) {
    it(`reads ${JSON.stringify(text)}`, () => {
      expect(parseHujson(text)).to.deep.equal(value);
    });
  }

  it("reads a key with a special meaning in JavaScript", () => {
    expect(Object.keys(parseHujson('{"__proto__": 1}') as object)).to.deep.equal(["__proto__"]);
  });

  for (const text of ["[,]", "{,}", "[1,,]", "{", "/* open", '["line\nbreak"]']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => parseHujson(text)).to.throw(SyntaxError);
    });
  }

  it("leaves plain JSON unchanged, and keeps the length when it removes comments", () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(standardize(json)).to.equal(json);
        const commented = `// first\n${json} /* last\n */`;
        expect(parseHujson(commented)).to.deep.equal(JSON.parse(json));
        expect(standardize(commented)).to.have.length(commented.length);
      }),
    );
  });
});
