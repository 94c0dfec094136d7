import { expect } from "chai";
import { nameMiddlewares } from "../../../../components/route/middlewareNames.ts";

describe("the names of a list of middlewares", () => {
  it("are their kinds, numbered from the second on, in the list's order", () => {
    const list = [{ headers: { a: 1 } }, { stripPrefix: {} }, { headers: { a: 2 } }, { headers: { a: 3 } }];
    expect(nameMiddlewares(list)).to.deep.equal([
      ["headers", list[0]],
      ["stripprefix", list[1]],
      ["headers-2", list[2]],
      ["headers-3", list[3]],
    ]);
  });
});
