/*
 * Request headers that only a proxy should set, and that Traefik forwards as the client wrote them. An app that trusts
 * one can be deceived about the user, the address or the path of a request. Traefik removes headers only by full name,
 * so the names are combined from the parts that products use.
 */

/** Every prefix with every name, such as `X-Auth-Request-` and `Email`. */
function combined(prefixes: readonly string[], names: readonly string[]): string[] {
  return prefixes.flatMap((prefix) => names.map((name) => prefix + name));
}

/** User: oauth2-proxy, Authelia, authentik, Keycloak's proxies, and apps that can trust such a header. */
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

/** Client certificate, where another server has terminated TLS. */
const certificates = [
  ...combined(
    ["X-Ssl-Client-", "Ssl-Client-", "X-Client-"],
    ["Cert", "Verify", "Dn", "S-Dn", "Subject-Dn", "Cn", "Serial"],
  ),
  ...["X-Forwarded-Client-Cert", "X-Arr-Clientcert", "X-Client-Certificate"],
];

/** Client address. Traefik itself sets `X-Forwarded-For` and `X-Real-Ip`. */
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

/** Host, path or method that replace the request's own; and two headers that make apps skip their checks. */
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

/** All of them, spelled as Go canonicalizes header names. */
export const claimedHeaders: readonly string[] = [
  ...new Set([...users, ...certificates, ...addresses, ...requests]),
].sort();

/** Cloudflare's headers, meaningless in a request that has not come through it. */
export const cloudflareHeaders: readonly string[] = [
  "Cf-Access-Authenticated-User-Email",
  "Cf-Connecting-Ip",
];
