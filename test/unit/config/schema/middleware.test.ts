import { expect } from "chai";
import { asksForLogin } from "../../../../config/schema/middleware.ts";

const asks = (address: string) => asksForLogin([{ forwardAuth: { address } }], "example.com");

describe("a login at the edge", () => {
  it("is required by passwords, but not by middlewares that admit everyone", () => {
    for (const kind of ["basicAuth", "digestAuth"])
      expect(asksForLogin([{ [kind]: {} }], "example.com")).to.equal(true);
    for (const middlewares of [[], undefined, [{ compress: {} }, { ipAllowList: {} }]])
      expect(asksForLogin(middlewares, "example.com")).to.equal(false);
  });

  const own = [
    ...["https://auth.example.com/verify", "https://example.com/", "http://authelia:9091/api/authz"],
    ...[
      "http://127.0.0.1:9091",
      "http://100.64.0.2:8090",
      "http://10.0.0.7",
      "http://[::1]:9091",
      "http://[fd7a::1]",
    ],
  ];
  const others = [
    ...[
      "https://auth.example.net",
      "https://example.com.example.net",
      "https://notexample.com",
      "https://8.8.8.8",
    ],
    ...[
      "https://example.com@example.net/",
      "http://[2001:db8::1]",
      "https://example.net/#.example.com",
      "auth",
    ],
  ];
  it("is required by the user's own server, but not by another one", () => {
    expect(own.filter((address) => !asks(address))).to.be.empty;
    expect(others.filter(asks)).to.be.empty;
  });
});
