import { expect } from "chai";
import { parse } from "yaml";
import { appMiddlewares } from "../../../../components/route/middlewares.ts";
import { renderTraefikRoute } from "../../../../components/route/routeFile.ts";

const plain = {
  app: "immich",
  hosts: ["photos.example.com"],
  backend: "http://100.64.0.2:8080",
  hsts: false,
};
const guarded = { ...plain, allowFrom: ["203.0.113.0/24"], rateLimit: { average: 5, burst: 10 } };

const parsed = (file: string) => parse(file) as { http: { routers: Record<string, object> } };

describe("a route on an edge that trusts a CDN", () => {
  const trustedProxies = ["203.0.113.0/24", "2001:db8::/32"];
  const routes = { cdn: { ...guarded, cdn: true, trustedProxies }, plain: { ...guarded, trustedProxies } };

  it("has a separate router for requests from the CDN, with the same certificates", () => {
    const { http } = parsed(renderTraefikRoute({ ...plain, trustedProxies }));
    expect(http.routers).to.have.all.keys("immich", "immich__relayed", "immich__http");
    expect(http.routers.immich__relayed).to.deep.include({
      rule: "(Host(`photos.example.com`)) && (ClientIP(`203.0.113.0/24`) || ClientIP(`2001:db8::/32`))",
      tls: {},
    });
    expect(parsed(renderTraefikRoute({ ...plain, cdn: true })).http.routers).to.have.all.keys(
      "immich",
      "immich__http",
    );
  });

  it("uses the client address that the CDN reports, for its requests to an app behind it", () => {
    const depths = (relayed: boolean, route: keyof typeof routes) =>
      JSON.stringify(appMiddlewares("a", routes[route], relayed)).match(/"depth":1/g)?.length ?? 0;
    expect(depths(true, "cdn")).to.equal(3);
    for (const [relayed, route] of [
      [false, "cdn"],
      [true, "plain"],
      [false, "plain"],
    ] as const)
      expect(depths(relayed, route), route).to.equal(0);
  });

  it("has no middlewares for relayed requests without a trusted proxy", () => {
    expect(() => appMiddlewares("a", guarded, true)).to.throw(RangeError, "trusted proxy");
    expect(() => appMiddlewares("a", guarded)).not.to.throw();
  });

  it("removes each unverified address header of a request", () => {
    const removed = (relayed: boolean, route: keyof typeof routes) => {
      const [first] = Object.values(appMiddlewares("a", routes[route], relayed));
      const { customRequestHeaders } = (
        first as { headers: { customRequestHeaders: Record<string, string> } }
      ).headers;
      return Object.keys(customRequestHeaders).filter((name) => customRequestHeaders[name] === "");
    };
    // For requests from anywhere except the CDN, Traefik itself overwrites these two.
    expect(removed(false, "cdn"))
      .to.include("Cf-Connecting-Ip")
      .and.not.include.members(["X-Real-Ip", "X-Forwarded-For"]);
    expect(removed(true, "cdn"))
      .to.include("X-Real-Ip")
      .and.not.include.members(["Cf-Connecting-Ip", "X-Forwarded-For"]);
    expect(removed(true, "plain")).to.include.members(["X-Real-Ip", "Cf-Connecting-Ip"]);
  });
});
