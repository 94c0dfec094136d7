import * as pulumi from "@pulumi/pulumi";
import { Checks } from "../inputs/checks.ts";
import { childOptions } from "../inputs/childOptions.ts";
import type { Transform } from "../inputs/transform.ts";
import { RemoteHost } from "../host/connection.ts";
import type { SshArgs } from "../host/connection.ts";
import { RemoteScript, type RemoteScriptArgs } from "../host/remoteScript.ts";
import { renderEnvLine } from "../host/envFile.ts";
import { limitRanges } from "./limits.ts";
import type { EdgeLimits } from "./limits.ts";
import { acmeStore } from "./acmeStore.ts";
import { removeEgressTable, setUpEgressTable } from "./egressTable.ts";
import { enableFirewall, restoreFirewall } from "../host/firewall/scripts.ts";
import type { TraefikRelease } from "./traefik/install.ts";
import { removeTraefik, setUpTraefik } from "./traefik/scripts.ts";
import type { AcmeChallenge } from "./traefik/static.ts";
import { edgeRules } from "../host/firewall/ufw.ts";

/** Where certificates come from. */
export interface AcmeArgs {
  /**
   * Contact address of the account at its registration. A later change does not affect an existing account.
   * @see https://letsencrypt.org/docs/expiration-emails/
   */
  email: pulumi.Input<string>;
  /**
   * The authority's directory URL. Let's Encrypt has a staging one for tests. After a change, all names get
   * certificates of the new authority. The former certificates stay on the edge, and are served again after a change
   * back.
   * @default Let's Encrypt's production directory
   * @see https://letsencrypt.org/docs/staging-environment/
   */
  server?: pulumi.Input<string>;
  /**
   * Certificate (PEM) of the CA that signed the authority's own HTTPS certificate.
   * @default the system's trust store
   */
  caCertificate?: pulumi.Input<string>;
  /**
   * How a name is validated. `dns-01` works before the DNS record points to the edge, and is required for more than one
   * edge.
   * @default "http-01"
   * @see https://letsencrypt.org/docs/challenge-types/
   */
  challenge?: AcmeChallenge;
  /**
   * Cloudflare API token for `dns-01`. It may edit the records of the zone that contains `_acme-challenge.<host>`, or
   * the target of its CNAME (permissions Zone: Read and DNS: Edit). Kept as a secret. On the edge it is in Traefik's
   * environment, and in a file that only root can read: an intruder on the edge gets it.
   * @see https://letsencrypt.org/2019/10/09/onboarding-your-customers-with-lets-encrypt-and-acme.html#the-advantages-of-a-cname
   */
  dnsApiToken?: pulumi.Input<string>;
}

/** Inputs of an edge. */
export interface EdgeNodeArgs {
  /** Its public IPv4 address: where DNS records point. */
  publicIp: pulumi.Input<string>;
  /** Its IPv4 address in the tailnet, which the proxies allow. */
  tailnetIp: pulumi.Input<string>;
  /** SSH access to it. */
  ssh: SshArgs;
  /** Where certificates come from. */
  acme: AcmeArgs;
  /**
   * Networks of a CDN in front of this edge, whose forwarded client addresses are trusted. A change restarts Traefik.
   * @default none
   * @see https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/#forwarded-headers
   */
  trustedProxies?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * IPv4 addresses, in the tailnet, of the hosts that run proxies. Traefik then reaches nothing else in the tailnet. On
   * the VPS, only Traefik may then connect to these addresses by TCP, and root from ports below 1024, but no other user
   * or container. The reason is that Traefik enforces `basicAuth` and `allowFrom`, and proxies do not.
   * @default Traefik and every user of the VPS reach the whole tailnet, 100.64.0.0/10
   */
  homes?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Resource limits of one client and of Traefik. A change of anything but `connections` restarts Traefik.
   * @default see each limit
   */
  limits?: pulumi.Input<EdgeLimits>;
  /**
   * The Traefik release to install. It must be statically linked, as the official ones are.
   * @default a pinned official one for the host's architecture
   */
  traefik?: TraefikRelease;
  /**
   * Changes to the scripts that run on it, by the names of the fields.
   * @default none
   */
  transform?: Partial<Record<"firewall" | "traefik", Transform<RemoteScriptArgs>>>;
}

const firewallComment = "mynodeone:edge";

/**
 * A VPS that receives the apps' HTTPS requests: Traefik as a sandboxed service, and UFW open for SSH and the web.
 *
 * ```ts
 * const edge = new EdgeNode("contabo", {
 *   publicIp: "45.8.133.192",
 *   tailnetIp: "100.64.0.1",
 *   ssh: { host: "45.8.133.192", user: "deploy", hostKey: "ssh-ed25519 AAAA…", privateKey },
 *   acme: { email: "me@example.com" },
 * });
 * ```
 */
export class EdgeNode extends pulumi.ComponentResource {
  /** Its name in messages: the resource's name. */
  readonly label: string;
  /** Its public IPv4 address. */
  readonly publicIp: pulumi.Output<string>;
  /** Its IPv4 address in the tailnet. */
  readonly tailnetIp: pulumi.Output<string>;
  /** Networks of a CDN whose forwarded client addresses are trusted. */
  readonly trustedProxies: pulumi.Output<string[]>;
  /** How names are validated by the certificate authority. */
  readonly challenge: AcmeChallenge;
  /** The file on the edge that stores the certificates of its authority. */
  readonly certificateStore: pulumi.Output<string>;
  /** The host that its scripts run on. */
  readonly host: RemoteHost;
  /** The script that turns UFW on, for SSH and the web. */
  readonly firewall: RemoteScript;
  /** The script that installs and configures Traefik. */
  readonly traefik: RemoteScript;

  constructor(name: string, args: EdgeNodeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mynodeone:index:EdgeNode", name, {}, opts);
    const check = new Checks(this, "EdgeNode", name);
    const { acme } = args;

    this.label = check.label("name", name);
    this.challenge = acme.challenge ?? "http-01";
    check.require(
      this.challenge === "http-01" || acme.dnsApiToken !== undefined,
      "acme.challenge",
      this.challenge,
      "set acme.dnsApiToken too, or use http-01",
    );
    const server = pulumi
      .output(acme.server)
      .apply((url) =>
        check.require(
          url === undefined || URL.canParse(url),
          "acme.server",
          url,
          "use the URL of an ACME directory",
        ),
      );
    this.certificateStore = server.apply((url) => acmeStore(url));
    this.host = new RemoteHost(args.ssh);
    this.publicIp = pulumi.output(args.publicIp).apply((ip) => check.ipv4("publicIp", ip));
    this.trustedProxies = pulumi
      .output(args.trustedProxies)
      .apply((networks) => (networks ?? []).map((network) => check.network("trustedProxies", network)));
    this.tailnetIp = pulumi.output(args.tailnetIp).apply((ip) => check.tailnetAddress("tailnetIp", ip));

    const homes = pulumi
      .output(args.homes)
      .apply((addresses) => addresses?.map((address) => check.tailnetAddress("homes", address)));
    const limits = pulumi.output(args.limits).apply((given) => checkLimits(given, check));

    this.firewall = new RemoteScript(
      `${name}-firewall`,
      {
        host: this.host,
        create: this.host.sshPort.apply((port) => enableFirewall(firewallComment, port, edgeRules)),
        delete: this.host.sshPort.apply((port) => restoreFirewall(firewallComment, port)),
        identity: [firewallComment],
        transform: args.transform?.firewall,
      },
      childOptions(this, opts),
    );
    this.traefik = new RemoteScript(
      `${name}-traefik`,
      {
        host: this.host,
        create: pulumi
          .all([acme.email, server, acme.caCertificate, this.trustedProxies, limits, homes])
          .apply(([email, url, caCertificate, trustedProxies, limited, addresses]) =>
            [
              setUpTraefik({
                email,
                server: url,
                caCertificate,
                challenge: this.challenge,
                release: args.traefik,
                trustedProxies,
                limits: limited,
                upstreams: addresses,
              }),
              setUpEgressTable(addresses ?? []),
            ].join("\n"),
          ),
        // The table names Traefik's user.
        delete: `${removeEgressTable()}\n${removeTraefik()}`,
        identity: ["traefik"],
        transform: args.transform?.traefik,
        stdin:
          this.challenge === "dns-01" && acme.dnsApiToken !== undefined
            ? pulumi.output(acme.dnsApiToken).apply((token) => renderEnvLine("CF_DNS_API_TOKEN", token))
            : undefined,
      },
      childOptions(this, opts, this.firewall),
    );

    this.registerOutputs({ publicIp: this.publicIp, tailnetIp: this.tailnetIp });
  }
}

function checkLimits(limits: EdgeLimits | undefined, check: Checks): EdgeLimits | undefined {
  for (const [limit, value] of Object.entries<number>({ ...limits })) {
    const [first, last] = limitRanges[limit as keyof EdgeLimits];
    check.wholeNumber(`limits.${limit}`, value, first, last);
  }
  return limits;
}
