import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startClusterApi, type ClusterApi } from "./components/cluster/clusterApi.ts";
import { find, runProgram, scriptOf, valueOf } from "./components/engine.ts";
import type { StandIn } from "./components/engine.ts";
import { engineWith, inState } from "./components/state/state.ts";
import { kubeconfigOf } from "./kubeconfig.ts";
import { rejection } from "./rejection.ts";
import type { AppSpec } from "../../config/index.ts";
import { buildStack } from "../../program.ts";
import { readSettings } from "../../program/settings.ts";
import { temporaryDirectories } from "./temporaryDirectories.ts";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5xLmtbmU1vTDxxCZ1nGmT1nTnGQm3kPBv1q9yHQ9sD";
const ssh = { user: "deploy", hostKey };
/** An ACME server that might accept names and addresses for documentation. */
const server = "https://ca.example.com/directory";
const grafanaService = { namespace: "monitoring", name: "grafana", port: 80 };
const config = {
  "mynodeone:domain": "home.example.com",
  "mynodeone:acme": JSON.stringify({ email: "me@example.com", server }),
  "mynodeone:edges": JSON.stringify([{ name: "vps", publicIp: "198.51.100.10", device: "vps", ssh }]),
  "mynodeone:controlPlane": JSON.stringify({ device: "home", ssh }),
  "mynodeone:apps": JSON.stringify({
    grafana: {
      service: grafanaService,
      internet: true,
      proxyPort: 8095,
    },
  }),
  "mynodeone:sshPrivateKey": "the private key",
};

const failing = (reason: string) => () => {
  throw Object.assign(new Error(reason), { details: reason });
};

const device = (hostname: string, ...addresses: string[]) => ({
  ...{ tags: [] as string[], user: "me@example.com" },
  ...{ name: `${hostname}.tail1.ts.net`, hostname, addresses },
  ...{ authorized: true, isExternal: false, keyExpiryDisabled: true, expires: "0001-01-01T00:00:00Z" },
});
const devices = { vps: device("vps", "fd7a::1", "100.64.0.1"), home: device("home", "100.64.0.2") };
const zone = { id: "z1", name: "example.com", status: "active", permissions: [] as string[] };

/** Tailscale's default policy, and these sections. */
const policy = (more: object = {}) => ({
  json: JSON.stringify({ acls: [{ action: "accept", src: ["*"], dst: ["*:*"] }], ...more }),
});

const standIn: StandIn = {
  call: {
    "tailscale:index/getDevices:getDevices": () => ({ devices: Object.values(devices) }),
    "cloudflare:index/getZone:getZone": ({ zoneId }) => ({ ...zone, id: zoneId }),
    "cloudflare:index/getZones:getZones": () => ({ results: [{ ...zone, name: "example.org" }, zone] }),
    "cloudflare:index/getDnsRecords:getDnsRecords": () => ({ results: [] }),
  },
};

let cluster: ClusterApi;
let narrow: ClusterApi;

async function run(more: Record<string, string> = {}, without: string[] = [], lookups = standIn) {
  const settings = Object.fromEntries(
    Object.entries({ ...config, "mynodeone:kubeconfig": cluster.kubeconfig, ...more }).filter(
      ([key]) => !without.includes(key),
    ),
  );
  pulumi.runtime.setAllConfig(settings, [
    ...["mynodeone:sshPrivateKey", "mynodeone:sshPrivateKeys"],
    "mynodeone:kubeconfig",
  ]);
  return runProgram(async () => {
    const entry = await import("../../index.ts");
    return entry.default();
  }, lookups);
}

describe("the program", () => {
  const newDirectory = temporaryDirectories();

  before(async () => {
    cluster = await startClusterApi({ services: { monitoring: { grafana: [80, 443] } } });
    // A role that may not list the Services of one namespace may not list those of the cluster, either.
    narrow = await startClusterApi({ services: { closed: false }, forbidden: ["services"] });
  });
  after(() => Promise.all([cluster.stop(), narrow.stop()]));
  afterEach(() => {
    pulumi.runtime.setAllConfig({});
  });

  it("looks up values that the config omits, and reports every hop", async () => {
    const { resources, result } = await run();
    const url = result.urls.grafana;
    expect(url && (await valueOf(url))).to.equal("https://grafana.home.example.com");
    expect(find(resources, "grafana.home.example.com-vps-record-a").inputs).to.include({
      zoneId: "z1",
      content: "198.51.100.10",
    });
    const { topology } = result;
    expect(topology.version).to.equal(1);
    expect(topology.apps[0]?.hops.map(({ kind }) => kind)).to.deep.equal([
      "dns",
      "edge",
      "route",
      "tailnet",
      "proxy",
      "service",
    ]);
    expect(JSON.stringify(topology)).not.to.contain("private key");
    expect(topology.controlPlane).to.deep.include({ tailnetIp: "100.64.0.2" });
  });

  it("changes nothing before every host has been checked", async () => {
    const { resources } = await run({
      "mynodeone:apps": JSON.stringify({
        grafana: {
          internet: true,
          proxyPort: 8095,
          service: { namespace: "grafana", name: "grafana" },
          chart: { name: "oci://charts.example.com/grafana", version: "1.2.3" },
        },
      }),
    });
    const checks = ["home-check", "vps-check"];
    const changes = resources.filter(
      ({ type, name }) =>
        /^(command|cloudflare|kubernetes:helm)/.test(type) &&
        !checks.includes(name) &&
        !/^pulumi:/.test(type),
    );
    expect(changes.map(({ name }) => name)).to.include.members(["grafana-release", "vps-firewall"]);
    const waitsFor = (name: string): string[] =>
      resources
        .filter((one) => one.name === name)
        .flatMap(({ dependencies }) => [...dependencies, ...dependencies.flatMap(waitsFor)]);
    for (const { name } of changes) expect(waitsFor(name), name).to.include.members(checks);
  });

  it("checks the hosts again only if the config has changed", async () => {
    const scripts = async (more: Record<string, string>) => {
      const { resources } = await run(more);
      return ["home-check", "vps-check"].map((name) => find(resources, name).inputs.stdin);
    };
    const before = await scripts({});
    expect(await scripts({})).to.deep.equal(before);
    const after = await scripts({ "mynodeone:acme": JSON.stringify({ email: "you@example.com", server }) });
    for (const [index, script] of after.entries()) expect(script).not.to.deep.equal(before[index]);
  });

  /** Runs the program with a change of its apps' specs that no config makes. */
  const runWithSpecs = (change: (spec: AppSpec) => AppSpec, more: Record<string, string> = {}) => {
    const kubeconfig = { "mynodeone:kubeconfig": cluster.kubeconfig };
    const secrets = ["sshPrivateKey", "kubeconfig", "basicAuthUsers"].map((key) => `mynodeone:${key}`);
    pulumi.runtime.setAllConfig({ ...config, ...kubeconfig, ...more }, secrets);
    return runProgram(async () => {
      const own = new pulumi.Config("mynodeone");
      const settings = readSettings(own);
      return buildStack({ ...settings, apps: settings.apps.map(change) }, own);
    }, standIn);
  };

  it("does not check the hosts again for what an app only reports", async () => {
    const planWith = async (change: Partial<AppSpec>) => {
      const { resources } = await runWithSpecs((spec) => ({ ...spec, ...change }));
      return /^# For plan (\w+)$/m.exec(scriptOf(find(resources, "vps-check")))?.[1];
    };
    const plan = await planWith({});
    expect(plan).to.be.a("string");
    expect(await planWith({ notices: ["other words"], nextSteps: ["a step"], healthPath: "/up" })).to.equal(
      plan,
    );
    expect(await planWith({ hsts: false })).not.to.equal(plan);
  });

  it("reports a login at the edge only if the app is made with it, whatever its spec says", async () => {
    const users = { "mynodeone:basicAuthUsers": `me:$2y$10$${"a".repeat(53)}` };
    const grafana = { service: grafanaService, internet: true, basicAuth: true, proxyPort: 8095 };
    const apps = { "mynodeone:apps": JSON.stringify({ grafana }) };
    const loginOf = async (basicAuth: boolean) => {
      const { result } = await runWithSpecs((spec) => ({ ...spec, basicAuth }), { ...users, ...apps });
      return result.topology.apps[0]?.safety.edgeLogin;
    };
    expect(await loginOf(true)).to.equal(true);
    expect(await loginOf(false)).to.equal(false);
  });

  it("can run twice in the same process", async () => {
    const first = await run();
    const second = await run();
    expect(second.resources.map(({ urn }) => urn).sort()).to.deep.equal(
      first.resources.map(({ urn }) => urn).sort(),
    );
  });

  it("uses the zone with the id from the config, of several zones with the same name", async () => {
    const ids = ["12345678901234567890123456789012", "abcdefabcdefabcdefabcdefabcdefab"];
    const inZones = {
      ...standIn,
      call: {
        ...standIn.call,
        "cloudflare:index/getZones:getZones": () => ({ results: ids.map((id) => ({ ...zone, id })) }),
        "cloudflare:index/getDnsRecords:getDnsRecords": ({ zoneId }: Record<string, unknown>) =>
          ids.includes(String(zoneId)) ? { results: [] } : failing("403 Forbidden")(),
      },
    };
    for (const id of ids) {
      const { resources } = await run({ "mynodeone:zoneId": id }, [], inZones);
      expect(find(resources, "grafana.home.example.com-vps-record-a").inputs.zoneId).to.equal(id);
    }
    const told = String(await rejection(run({}, [], inZones)));
    expect(told).to.contain("example.com has 2 zones").and.to.contain(`the id of yours: ${ids[0]} (active)`);
  });

  it("finds the zone of an internationalized domain, which Cloudflare shows in Unicode", async () => {
    const call = {
      ...standIn.call,
      "cloudflare:index/getZones:getZones": () => ({ results: [{ ...zone, name: "bücher.example" }] }),
      "cloudflare:index/getDnsRecords:getDnsRecords": () => ({
        results: [{ name: "grafana.bücher.example", type: "A", content: "192.0.2.9", comment: "" }],
      }),
    };
    const domain = { "mynodeone:domain": "xn--bcher-kva.example" };
    const told = String(await rejection(run(domain, [], { call })));
    expect(told).to.contain("The config has 1 problem").and.to.contain("did not create (A 192.0.2.9)");
    const without = { ...call, "cloudflare:index/getDnsRecords:getDnsRecords": () => ({ results: [] }) };
    const { resources } = await run(domain, [], { call: without });
    expect(find(resources, "grafana.xn--bcher-kva.example-vps-record-a").inputs.zoneId).to.equal("z1");
  });

  it("reads the cluster's DNS and networks, and refuses a proxy port that the cluster redirects", async () => {
    const panel = {
      spec: { type: "NodePort", ports: [{ port: 80, nodePort: 8095 }] },
    };
    const dns = { "kube-dns": { spec: { clusterIP: "10.96.0.10", ports: [{ port: 53 }] } } };
    const other = await startClusterApi({
      services: { "kube-system": dns, monitoring: { grafana: [80], panel } },
      nodes: [{ metadata: { name: "home" }, spec: { podCIDRs: ["10.244.0.0/24"] } }],
      serviceCidrs: ["10.96.0.0/12"],
    });
    try {
      const more = { "mynodeone:kubeconfig": other.kubeconfig };
      expect(String(await rejection(run(more)))).to.contain(
        "mynodeone:apps.grafana.proxyPort: the cluster forwards port 8095 to Service monitoring/panel",
      );
      const apps = { grafana: { service: { namespace: "monitoring", name: "grafana" }, proxyPort: 8096 } };
      const { resources } = await run({ ...more, "mynodeone:apps": JSON.stringify(apps) });
      expect(scriptOf(find(resources, "home-proxy-tools"))).to.contain("nameserver 10.96.0.10");
      expect(scriptOf(find(resources, "home-firewall"))).to.contain("allow from 10.244.0.0/24");
      const wrong = { ...more, "mynodeone:clusterCidrs": JSON.stringify(["10.42.0.0/16"]) };
      expect(String(await rejection(run(wrong)))).to.contain(
        "mynodeone:clusterCidrs: the cluster has addresses outside of 10.42.0.0/16",
      );
    } finally {
      await other.stop();
    }
  });

  describe("in the cluster", () => {
    const withState = (
      outputs: Record<string, unknown>,
      more: Record<string, string> = {},
      without: string[] = [],
    ) =>
      run(more, without, {
        call: {
          ...standIn.call,
          ...engineWith(inState("pulumi:providers:kubernetes", "cluster", outputs)).call,
        },
      });

    it("uses the kubeconfig from the config and keeps it secret", async () => {
      const { resources } = await run();
      expect(find(resources, "cluster").inputs.kubeconfig).to.deep.equal({ secret: cluster.kubeconfig });
    });

    it("has one identifier, with a kubeconfig in the config and without", async () => {
      const file = join(newDirectory(), "config");
      writeFileSync(file, cluster.kubeconfig);
      process.env.KUBECONFIG = file;
      try {
        const [ours, surroundings] = [await run(), await run({}, ["mynodeone:kubeconfig"])];
        const [one, other] = [ours, surroundings].map(({ resources }) => find(resources, "cluster"));
        expect(one?.inputs.clusterIdentifier).to.be.a("string").and.to.equal(other?.inputs.clusterIdentifier);
        expect(other?.inputs, "the path of the surroundings' own").not.to.have.property("kubeconfig");
      } finally {
        delete process.env.KUBECONFIG;
      }
    });

    it("keeps the previous kubeconfig in the run that adds the identifier", async () => {
      const ignored = async (outputs: Record<string, unknown>) =>
        find((await withState(outputs)).resources, "cluster").ignoreChanges;
      expect(await ignored({ kubeconfig: "former" })).to.deep.equal(["kubeconfig"]);
      expect(await ignored({ kubeconfig: "former", clusterIdentifier: "mynodeone" })).to.deep.equal([]);
    });
  });

  describe("before any change", () => {
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
        reads: string[];
      }
    > = {
      "a device that is not in the tailnet": {
        lookups: call(getDevices, () => ({ devices: [devices.vps] })),
        reads: ['mynodeone:controlPlane.device: "home" not found in the tailnet'],
      },
      "two hosts with the same tailnet address": {
        lookups: call(getDevices, () => ({
          devices: [devices.vps, { ...devices.home, addresses: ["100.64.0.1"] }],
        })),
        reads: ['mynodeone:edges[0].device: "vps" points to 100.64.0.1, and so does mynodeone:controlPlane'],
      },
      "an invalid Tailscale token": {
        lookups: call(getDevices, failing("API token invalid (401)")),
        reads: ["The config has 1 problem:", "tailscale:oauthClientSecret (or apiKey) is not accepted"],
      },
      "a Tailscale token without the required scope": {
        lookups: call(getDevices, failing("calling actor does not have enough permissions (403)")),
        reads: ["The config has 1 problem:", "devices:core:read"],
      },
      "an invalid Cloudflare token": {
        lookups: call(getZones, failing("403 Forbidden: Invalid access token")),
        reads: ["The config has 1 problem:", "cloudflare:apiToken is not accepted"],
      },
      "a Cloudflare token that cannot write records": {
        lookups: call(getZones, () => ({
          results: [{ ...zone, permissions: ["#zone:read", "#dns_records:read"] }],
        })),
        reads: ["cloudflare:apiToken is not allowed to write records of example.com"],
      },
      "a Cloudflare token that cannot read records": {
        lookups: call(getRecords, failing("403 Forbidden: Authentication error")),
        reads: ["cloudflare:apiToken is not allowed to read the records of example.com"],
      },
      "a domain that is in no zone of the token": {
        lookups: call(getZones, () => ({ results: [{ ...zone, name: "example.org" }] })),
        reads: ['mynodeone:domain: "home.example.com" is not in any zone', "can read (example.org)"],
      },
      "a zone that its registrar has not delegated to Cloudflare": {
        lookups: call(getZones, () => ({
          results: [
            { ...zone, status: "pending", nameServers: ["ann.ns.cloudflare.com", "bob.ns.cloudflare.com"] },
          ],
        })),
        reads: [
          "mynodeone:domain: example.com is pending at Cloudflare",
          "ann.ns.cloudflare.com and bob.ns.cloudflare.com",
        ],
      },
      "zones that cannot be listed for an unknown reason": {
        lookups: call(getZones, failing("failed to deserialize http request")),
        reads: ['mynodeone:domain: "home.example.com" cannot be looked up at Cloudflare', "deserialize"],
      },
      "a Tailscale token without the scope for the policy": {
        lookups: call(getAcl, failing("calling actor does not have enough permissions (403)")),
        more: { "mynodeone:tailnetPolicy": "compare" },
        reads: [
          "tailscale:oauthClientId is not allowed to read the tailnet's policy",
          "the scope policy_file:read,",
        ],
      },
      "a policy of the tailnet's owner that would be replaced": {
        lookups: call(getAcl, () => policy({ groups: { "group:us": ["me@example.com"] } })),
        more: { "mynodeone:tailnetPolicy": "manage" },
        reads: ["mynodeone:tailnetPolicy: manage replaces only Tailscale's default policy", "Set compare"],
      },
      "a host whose address no device of the tailnet has": {
        lookups: call(getAcl, () => policy()),
        more: {
          "mynodeone:tailnetPolicy": "compare",
          "mynodeone:controlPlane": config["mynodeone:controlPlane"].replace(
            "{",
            '{"tailnetIp":"100.64.0.9",',
          ),
        },
        reads: ["mynodeone:tailnetPolicy: no device of the tailnet has the address 100.64.0.9 of home"],
      },
      "an unknown error of Tailscale": {
        lookups: call(getDevices, failing("tailnet not found (404)")),
        reads: ["tailscale:tailnet cannot be looked up", "tailnetIp", "not found (404)"],
      },
      "records that cannot be read for an unknown reason": {
        lookups: call(getRecords, failing("failed to deserialize http request")),
        reads: ["mynodeone:domain: the records of example.com cannot be read", "deserialize"],
      },
      "a zone id of another domain": {
        lookups: call(getZone, () => ({ ...zone, name: "example.net" })),
        more: { "mynodeone:zoneId": "12345678901234567890123456789012" },
        reads: ["mynodeone:zoneId:", "the zone of example.net, which does not contain home.example.com"],
      },
      "a conflicting record that others created": {
        lookups: call(getRecords, () => ({ results: [record] })),
        reads: ["mynodeone:apps.grafana.subdomain:", "AAAA 2001:db8::1", "Delete it at Cloudflare"],
      },
      "a Service that does not exist": {
        more: withService({ namespace: "monitoring", name: "absent" }),
        reads: [
          "The config has 1 problem:",
          'mynodeone:apps.grafana.service: Service "monitoring/absent" not found. Services in that namespace: grafana.',
        ],
      },
      "a Service without the configured port": {
        more: withService({ namespace: "monitoring", name: "grafana", port: 3000 }),
        reads: [
          'mynodeone:apps.grafana.service: "monitoring/grafana" has no port 3000 (available: 80, 443).',
        ],
      },
      "a cluster that forbids listing Services": {
        more: () => ({
          ...withService({ namespace: "closed", name: "grafana" }),
          "mynodeone:kubeconfig": narrow.kubeconfig,
          "mynodeone:clusterDns": "10.43.0.10",
        }),
        reads: ["mynodeone:kubeconfig is not allowed to list the Services of closed (403)"],
      },
      "an unreachable cluster": {
        more: { "mynodeone:kubeconfig": kubeconfigOf("http://127.0.0.1:2") },
        reads: ["mynodeone:kubeconfig points to an API server that does not answer", "ECONNREFUSED"],
      },
      "an invalid kubeconfig": {
        more: { "mynodeone:kubeconfig": "apiVersion: v1" },
        reads: ["mynodeone:kubeconfig is not a valid kubeconfig"],
      },
    };
    for (const [what, { lookups, more, reads }] of Object.entries(contradictions)) {
      it(`reports ${what}`, async () => {
        const told = await refusal(typeof more === "function" ? more() : more, lookups);
        for (const text of reads) expect(told).to.contain(text);
      });
    }

    const asksToWait = "has rate limited this token";
    const noAnswer = "does not answer";
    const silences: [reason: string, told: string][] = [
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
        for (const [reason, told] of silences) {
          const message = await refusal(more, call(token, failing(reason)));
          expect(message).to.contain(`${vendor} ${told}`).and.to.contain("run again");
          expect(message).not.to.match(/The config has|mynodeone:|apiToken|oauthClient/);
          expect(message.split(vendor), "told once").to.have.lengthOf(2);
        }
      });
    }

    it("reports config problems even if a vendor does not answer", async () => {
      const told = await refusal(
        withService({ namespace: "monitoring", name: "absent" }),
        call(getZones, failing("i/o timeout")),
      );
      expect(told).to.match(/Cloudflare does not answer[^]*The config has 1 problem:[^]*monitoring\/absent/);
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
        const told = await refusal(undefined, among(stranger));
        expect(told).to.contain("mynodeone:apps.grafana.subdomain: ").and.to.contain(stranger.content);
      }
    });
  });

  it("writes the tailnet's policy only with manage, after every host has been checked", async () => {
    const lookups = { call: { ...standIn.call, "tailscale:index/getAcl:getAcl": () => policy({ ssh: [] }) } };
    const withMode = async (mode: string) =>
      (await run({ "mynodeone:tailnetPolicy": mode }, [], lookups)).resources;
    expect((await withMode("compare")).filter(({ type }) => type.includes("acl"))).to.be.empty;
    const acl = find(await withMode("manage"), "tailnet-acl");
    expect(acl.inputs)
      .to.include({ resetAclOnDestroy: true })
      .and.not.to.have.property("overwriteExistingContent");
    expect(acl.dependencies).to.include.members(["home-check", "vps-check"]);
    const text = String(acl.inputs.acl);
    expect(text)
      .to.contain('"100.64.0.2:8095"')
      .and.not.to.contain('"100.64.0.1/32"')
      .and.not.to.contain('"*"');
  });

  it("gives a tailnet app its host names, with the address that was looked up", async () => {
    const hostsOf = async (more: Record<string, string>) => {
      const { resources } = await run({ "mynodeone:apps": JSON.stringify({ homepage: {} }), ...more });
      return /"HOMEPAGE_ALLOWED_HOSTS":"([^"]*)"/.exec(
        JSON.stringify(find(resources, "homepage-release").inputs),
      )?.[1];
    };
    expect(await hostsOf({})).to.equal("100.64.0.2:8083,home:8083");
    const { ssh } = JSON.parse(config["mynodeone:controlPlane"]) as { ssh: object };
    const controlPlane = JSON.stringify({ device: "home.tail1.ts.net", tailnetIp: "100.64.0.9", ssh });
    expect(await hostsOf({ "mynodeone:controlPlane": controlPlane })).to.equal(
      "100.64.0.9:8083,home:8083,home.tail1.ts.net:8083",
    );
  });

  it("logs in to a host with its own key, and to the others with the common one", async () => {
    const { resources } = await run({ "mynodeone:sshPrivateKeys": JSON.stringify({ home: "home's key" }) });
    const keyOf = (name: string) => {
      const { connection } = find(resources, name, "Command").inputs;
      return JSON.stringify(connection);
    };
    for (const script of ["home-check", "home-firewall", "grafana-proxy-unit"])
      expect(keyOf(script), script).to.contain("home's key").and.to.contain("secret");
    for (const script of ["vps-check", "vps-firewall"])
      expect(keyOf(script), script).to.contain("the private key").and.not.to.contain("home's key");
  });

  it("reports all config problems at once, without a stack trace", async () => {
    const without = ["mynodeone:acme", "mynodeone:sshPrivateKey"];
    const failed = await rejection(run({ "mynodeone:domain": "nodots" }, without));
    expect(pulumi.RunError.isInstance(failed)).to.equal(true);
    expect(String(failed)).to.contain("domain").and.to.contain("acme");
    expect(String(failed)).to.contain("mynodeone:sshPrivateKey: missing");
  });
});
