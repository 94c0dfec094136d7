import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { startClusterApi, type ClusterApi } from "../components/cluster/clusterApi.ts";
import { find } from "../components/engine.ts";
import type { StandIn } from "../components/engine.ts";
import { kubeconfigOf } from "../kubeconfig.ts";
import { rejection } from "../rejection.ts";
import { config, devices, failing, policy, run, standIn, useCluster, zone } from "./stack.ts";

describe("the program, before any change,", () => {
  useCluster();

  let narrow: ClusterApi;
  before(async () => {
    // A role without the right to list the Services of one namespace cannot list those of the cluster, either.
    narrow = await startClusterApi({ services: { closed: false }, forbidden: ["services"] });
  });
  after(() => narrow.stop());

  const call = (token: string, answer: (inputs: Record<string, unknown>) => Record<string, unknown>) => ({
    ...standIn,
    call: { ...standIn.call, [token]: answer },
  });
  const withService = (service: object) => ({
    "mynodeone:apps": JSON.stringify({ grafana: { internet: true, proxyPort: 8095, service } }),
  });
  const record = { name: "grafana.home.example.com", type: "AAAA", content: "2001:db8::1", comment: "" };
  const [getDevices, getZone, getZones, getRecords] = [
    "tailscale:index/getDevices:getDevices",
    "cloudflare:index/getZone:getZone",
    "cloudflare:index/getZones:getZones",
    "cloudflare:index/getDnsRecords:getDnsRecords",
  ] as const;

  const getAcl = "tailscale:index/getAcl:getAcl";
  const contradictions: Record<
    string,
    {
      lookups?: StandIn;
      more?: Record<string, string> | (() => Record<string, string>);
      texts: string[];
    }
  > = {
    "a device that is not in the tailnet": {
      lookups: call(getDevices, () => ({ devices: [devices.vps] })),
      texts: ['mynodeone:controlPlane.device: "home" not found in the tailnet'],
    },
    "two hosts with the same tailnet address": {
      lookups: call(getDevices, () => ({
        devices: [devices.vps, { ...devices.home, addresses: ["100.64.0.1"] }],
      })),
      texts: ['mynodeone:edges[0].device: "vps" points to 100.64.0.1, and so does mynodeone:controlPlane'],
    },
    "an invalid Tailscale token": {
      lookups: call(getDevices, failing("API token invalid (401)")),
      texts: ["The config has 1 problem:", "tailscale:oauthClientSecret (or apiKey) is not accepted"],
    },
    "a Tailscale token without the required scope": {
      lookups: call(getDevices, failing("calling actor does not have enough permissions (403)")),
      texts: ["The config has 1 problem:", "devices:core:read"],
    },
    "an invalid Cloudflare token": {
      lookups: call(getZones, failing("403 Forbidden: Invalid access token")),
      texts: ["The config has 1 problem:", "cloudflare:apiToken is not accepted"],
    },
    "a Cloudflare token that cannot write records": {
      lookups: call(getZones, () => ({
        results: [{ ...zone, permissions: ["#zone:read", "#dns_records:read"] }],
      })),
      texts: ["cloudflare:apiToken is not allowed to write records of example.com"],
    },
    "a Cloudflare token that cannot read records": {
      lookups: call(getRecords, failing("403 Forbidden: Authentication error")),
      texts: ["cloudflare:apiToken is not allowed to read the records of example.com"],
    },
    "a domain that is in no zone of the token": {
      lookups: call(getZones, () => ({ results: [{ ...zone, name: "example.org" }] })),
      texts: ['mynodeone:domain: "home.example.com" is not in any zone', "can read (example.org)"],
    },
    "a zone that its registrar has not delegated to Cloudflare": {
      lookups: call(getZones, () => ({
        results: [
          { ...zone, status: "pending", nameServers: ["ann.ns.cloudflare.com", "bob.ns.cloudflare.com"] },
        ],
      })),
      texts: [
        "mynodeone:domain: example.com is pending at Cloudflare",
        "ann.ns.cloudflare.com and bob.ns.cloudflare.com",
      ],
    },
    "zones that cannot be listed for an unknown reason": {
      lookups: call(getZones, failing("failed to deserialize http request")),
      texts: ['mynodeone:domain: "home.example.com" cannot be looked up at Cloudflare', "deserialize"],
    },
    "a Tailscale token without the scope for the policy": {
      lookups: call(getAcl, failing("calling actor does not have enough permissions (403)")),
      more: { "mynodeone:tailnetPolicy": "compare" },
      texts: [
        "tailscale:oauthClientId is not allowed to read the tailnet's policy",
        "the scope policy_file:read,",
      ],
    },
    "a policy of the tailnet's owner that would be replaced": {
      lookups: call(getAcl, () => policy({ groups: { "group:us": ["me@example.com"] } })),
      more: { "mynodeone:tailnetPolicy": "manage" },
      texts: ["mynodeone:tailnetPolicy: manage replaces only Tailscale's default policy", "Set compare"],
    },
    "a host whose address no device of the tailnet has": {
      lookups: call(getAcl, () => policy()),
      more: {
        "mynodeone:tailnetPolicy": "compare",
        "mynodeone:controlPlane": config["mynodeone:controlPlane"].replace("{", '{"tailnetIp":"100.64.0.9",'),
      },
      texts: ["mynodeone:tailnetPolicy: no device of the tailnet has the address 100.64.0.9 of home"],
    },
    "an unknown error of Tailscale": {
      lookups: call(getDevices, failing("tailnet not found (404)")),
      texts: ["tailscale:tailnet: its devices cannot be looked up", "tailnetIp", "not found (404)"],
    },
    "records that cannot be read for an unknown reason": {
      lookups: call(getRecords, failing("failed to deserialize http request")),
      texts: ["mynodeone:domain: the records of example.com cannot be read", "deserialize"],
    },
    "a zone id of another domain": {
      lookups: call(getZone, () => ({ ...zone, name: "example.net" })),
      more: { "mynodeone:zoneId": "12345678901234567890123456789012" },
      texts: ["mynodeone:zoneId:", "the zone of example.net, which does not contain home.example.com"],
    },
    "a conflicting record that others created": {
      lookups: call(getRecords, () => ({ results: [record] })),
      texts: ["mynodeone:apps.grafana.subdomain:", "AAAA 2001:db8::1", "Delete it at Cloudflare"],
    },
    "a Service that does not exist": {
      more: withService({ namespace: "monitoring", name: "absent" }),
      texts: [
        "The config has 1 problem:",
        'mynodeone:apps.grafana.service: Service "monitoring/absent" not found. Services in that namespace: grafana.',
      ],
    },
    "a Service without the configured port": {
      more: withService({ namespace: "monitoring", name: "grafana", port: 3000 }),
      texts: ['mynodeone:apps.grafana.service: "monitoring/grafana" has no port 3000 (available: 80, 443).'],
    },
    "a cluster that forbids listing Services": {
      more: () => ({
        ...withService({ namespace: "closed", name: "grafana" }),
        "mynodeone:kubeconfig": narrow.kubeconfig,
        "mynodeone:clusterDns": "10.43.0.10",
      }),
      texts: ["mynodeone:kubeconfig is not allowed to list the Services of closed (403)"],
    },
    "an unreachable cluster": {
      more: { "mynodeone:kubeconfig": kubeconfigOf("http://127.0.0.1:2") },
      texts: ["mynodeone:kubeconfig points to an API server that does not answer", "ECONNREFUSED"],
    },
    "an invalid kubeconfig": {
      more: { "mynodeone:kubeconfig": "apiVersion: v1" },
      texts: ["mynodeone:kubeconfig is not a valid kubeconfig"],
    },
  };
  for (const [what, { lookups, more, texts }] of Object.entries(contradictions)) {
    it(`reports ${what}`, async () => {
      const message = await refusal(typeof more === "function" ? more() : more, lookups);
      for (const text of texts) expect(message).to.contain(text);
    });
  }

  const asksToWait = "has rate limited this token";
  const noAnswer = "does not answer";
  const silences: [reason: string, meaning: string][] = [
    [
      'failed to make http request: GET "https://api.example/403": 429 Too Many Requests {"code":971}',
      asksToWait,
    ],
    ["rate limit exceeded (429)", asksToWait],
    ["oauth2: cannot fetch token: 429 Too Many Requests\nResponse: {}", asksToWait],
    ['GET "https://api.example": 503 Service Unavailable {"message":"permission"}', noAnswer],
    ["internal server error (500)", noAnswer],
    ['Get "https://api.example": dial tcp 198.51.100.4:443: connect: connection refused', noAnswer],
    ["dial tcp: lookup api.example on 127.0.0.53:53: no such host", noAnswer],
    ["context deadline exceeded (Client.Timeout exceeded while awaiting headers)", noAnswer],
    ['GET "https://api.example": connect ECONNREFUSED 198.51.100.4:80', noAnswer],
    ["getaddrinfo EAI_AGAIN api.example", noAnswer],
    ["invalid character '<' looking for beginning of value", noAnswer],
  ];
  const zoneId = { "mynodeone:zoneId": "12345678901234567890123456789012" };
  const vendorLookups: [what: string, vendor: string, token: string, more?: Record<string, string>][] = [
    ["devices", "Tailscale", getDevices],
    ["a domain", "Cloudflare", getZones],
    ["a zone id", "Cloudflare", getZone, zoneId],
    ["records", "Cloudflare", getRecords],
  ];
  for (const [what, vendor, token, more] of vendorLookups) {
    it(`blames ${vendor}, not the config, for an unanswered lookup of ${what}`, async () => {
      for (const [reason, meaning] of silences) {
        const message = await refusal(more, call(token, failing(reason)));
        expect(message).to.contain(`${vendor} ${meaning}`).and.to.contain("run again");
        expect(message).not.to.match(/The config has|mynodeone:|apiToken|oauthClient/);
        expect(message.split(vendor), "said once").to.have.lengthOf(2);
      }
    });
  }

  it("reports config problems even if a vendor does not answer", async () => {
    const message = await refusal(
      withService({ namespace: "monitoring", name: "absent" }),
      call(getZones, failing("i/o timeout")),
    );
    expect(message).to.match(/Cloudflare does not answer[^]*The config has 1 problem:[^]*monitoring\/absent/);
  });

  async function refusal(more: Record<string, string> | undefined, lookups?: StandIn): Promise<string> {
    const error = await rejection(run(more, [], lookups));
    expect(pulumi.RunError.isInstance(error), String(error)).to.equal(true);
    return String(error);
  }

  it("accepts its own records and records of a type that does not conflict", async () => {
    const own = { ...record, comment: `mynodeone ${pulumi.getStack()}` };
    const older = { ...record, comment: "mynodeone" };
    const mail = { ...record, type: "MX" };
    const among = (...records: object[]) =>
      call(getRecords, () => ({ results: [own, older, mail, ...records] }));
    const { resources } = await run({}, [], among());
    expect(find(resources, `${record.name}-vps-record-a`).inputs.name).to.equal(record.name);

    const strangers = [
      { ...own, comment: `${own.comment}2`, content: "2001:db8::2" },
      { ...mail, type: "CNAME", content: "elsewhere.example.com" },
    ];
    for (const stranger of strangers) {
      const message = await refusal(undefined, among(stranger));
      expect(message).to.contain("mynodeone:apps.grafana.subdomain: ").and.to.contain(stranger.content);
    }
  });
});
