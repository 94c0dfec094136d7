/*
 * Request headers that are a proxy's to write, and that Traefik hands on as the client wrote them. An app that believes
 * one of them takes anybody for anybody: for another user, another address, or for a request of another path. Traefik
 * removes headers by their full names alone, so each is built from what products call it.
 */

/** Each with each, as `X-Auth-Request-` and `Email`. */
function combined(prefixes: readonly string[], names: readonly string[]): string[] {
  return prefixes.flatMap((prefix) => names.map((name) => prefix + name));
}

/** Who asks: oauth2-proxy, Authelia, authentik, Keycloak's proxies, and apps that can be told to trust one. */
const users = [
  ...combined(
    [
      ...["Remote-", "X-Remote-", "X-Forwarded-", "X-Auth-Request-", "X-Auth-", "X-Authentik-"],
      ...["X-Authenticated-", "X-Webauth-", "X-Proxy-"],
    ],
    ["User", "Username", "Userid", "Name", "Fullname", "Email", "Group", "Groups", "Role", "Roles"],
  ),
  ...combined(
    ["X-Forwarded-", "X-Auth-Request-", "X-Authentik-"],
    ["Preferred-Username", "Access-Token", "Uid"],
  ),
  ...["X-Authentik-Entitlements", "X-Forwarded-Id-Token", "X-Remote-Extra", "X-Webauth-Orgs"],
  ...["X-User", "X-User-Name", "X-Username", "X-Email", "X-Vouch-User", "X-Vouch-Idp-Claims-Email"],
  ...["Tailscale-User-Login", "Tailscale-User-Name", "Tailscale-User-Profile-Pic"],
  ...["X-Goog-Authenticated-User-Email", "X-Goog-Authenticated-User-Id", "X-Pomerium-Claim-Email"],
  ...[
    "X-Ms-Client-Principal",
    "X-Ms-Client-Principal-Id",
    "X-Ms-Client-Principal-Name",
    "X-Amzn-Oidc-Identity",
  ],
];

/** By which certificate, where another server has ended TLS. */
const certificates = [
  ...combined(
    ["X-Ssl-Client-", "Ssl-Client-", "X-Client-"],
    ["Cert", "Verify", "Dn", "S-Dn", "Subject-Dn", "Cn", "Serial"],
  ),
  ...["X-Forwarded-Client-Cert", "X-Arr-Clientcert", "X-Client-Certificate"],
];

/** From which address. `X-Forwarded-For` and `X-Real-Ip` are Traefik's own. */
const addresses = [
  ...combined(
    ["", "X-", "True-", "X-True-", "Http-", "Proxy-", "Wl-Proxy-", "Fastly-", "Fly-"],
    ["Client-Ip"],
  ),
  ...combined(["X-Original-", "Original-", "X-Vercel-", "Http-X-"], ["Forwarded-For"]),
  ...[
    "Ali-Cdn-Real-Ip",
    "Cdn-Real-Ip",
    "Cdn-Src-Ip",
    "Cf-Connecting-Ipv6",
    "Cf-Pseudo-Ipv4",
    "Do-Connecting-Ip",
  ],
  ...["Forwarded", "Forwarded-For", "Remote-Addr", "Remote-Host", "X-Appengine-User-Ip", "X-Azure-Clientip"],
  ...["X-Azure-Socketip", "X-Cluster-Client-Ip", "X-Coming-From", "X-Envoy-External-Address", "X-Forwarded"],
  ...["X-Forwarder-For", "X-Nf-Client-Connection-Ip", "X-Originating-Ip", "X-Proxyuser-Ip", "X-Remote-Addr"],
  ...["X-Remote-Ip"],
];

/** For which host, path or method, where that is not the request's own; and two by which apps skip their checks. */
const requests = [
  ...combined(["X-Original-"], ["Url", "Uri", "Host", "Method"]),
  ...combined(["X-Http-Method-", "X-Method-"], ["Override"]),
  ...[
    "Front-End-Https",
    "X-Forwarded-By",
    "X-Forwarded-Path",
    "X-Forwarded-Protocol",
    "X-Forwarded-Ssl",
    "X-Host",
  ],
  ...["X-Http-Host-Override", "X-Http-Method", "X-Rewrite-Url", "X-Url-Scheme", "Proxy"],
  ...["X-Accel-Mapping", "X-Middleware-Subrequest", "X-Sendfile-Type"],
];

/** All of them, in the spelling in which Go keeps a header's name. */
export const claimedHeaders: readonly string[] = [
  ...new Set([...users, ...certificates, ...addresses, ...requests]),
].sort();

/** Those of Cloudflare's that say nothing where a request has not come through it. */
export const cloudflareHeaders: readonly string[] = [
  "Cf-Access-Authenticated-User-Email",
  "Cf-Connecting-Ip",
];
