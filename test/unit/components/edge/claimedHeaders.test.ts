import { expect } from "chai";
import { parse } from "yaml";
import { claimedHeaders } from "../../../../components/edge/claimedHeaders.ts";
import { commonMiddlewares, renderCommonFile } from "../../../../components/edge/traefik/common.ts";
import { renderTraefikStatic } from "../../../../components/edge/traefik/static.ts";

/** The name as spelled by Go's `CanonicalHeaderKey`: Traefik removes a header only under this spelling. */
const canonical = (name: string) =>
  name.replace(/[^-]+/g, (word) => `${word.charAt(0).toUpperCase()}${word.slice(1).toLowerCase()}`);

/** Headers that Traefik itself sets, and legitimate ones of clients. */
const kept = [
  ...["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Forwarded-Server"],
  ...["X-Real-Ip", "Authorization", "Cookie", "Host", "Origin", "Referer", "User-Agent", "X-Api-Key"],
  ...["X-Auth-Token", "X-Csrf-Token", "X-Requested-With", "X-Emby-Authorization", "Connection", "Upgrade"],
];

describe("the headers that only a proxy may write", () => {
  it("include those of common products", () => {
    expect(claimedHeaders).to.include.members([
      ...["Remote-User", "Remote-Groups", "X-Remote-User", "X-Remote-Group", "X-Forwarded-User"],
      ...["X-Forwarded-Preferred-Username", "X-Auth-Request-Email", "X-Webauth-User", "X-Webauth-Fullname"],
      ...[
        "X-Authentik-Username",
        "X-Ssl-Client-Dn",
        "X-Forwarded-Client-Cert",
        "Client-Ip",
        "True-Client-Ip",
      ],
      ...["X-Original-Url", "X-Rewrite-Url", "X-Http-Method-Override", "Tailscale-User-Login", "Forwarded"],
    ]);
    expect(claimedHeaders.filter((name) => name !== canonical(name))).to.be.empty;
    expect(claimedHeaders.filter((name) => kept.includes(name))).to.be.empty;
  });

  it("are removed at the entry point, for every route", () => {
    const { http } = parse(renderCommonFile()) as {
      http: { middlewares: Record<string, { headers: { customRequestHeaders: Record<string, string> } }> };
    };
    const removed = http.middlewares[commonMiddlewares.claimedHeaders]?.headers.customRequestHeaders;
    expect(removed).to.deep.equal(Object.fromEntries(claimedHeaders.map((name) => [name, ""])));
    const { entryPoints } = parse(
      renderTraefikStatic({ email: "me@example.com", ownCa: false, challenge: "http-01" }),
    ) as { entryPoints: { websecure: { http: { middlewares: string[] } } } };
    expect(entryPoints.websecure.http.middlewares).to.deep.equal([
      `${commonMiddlewares.claimedHeaders}@file`,
    ]);
  });
});
