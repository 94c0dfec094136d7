import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as components from "../../../components/index.ts";
import {
  DnsRecord,
  HostCheck,
  HybridApp,
  SocatProxy,
  TailnetPolicy,
  VpsRoute,
  type Transform,
} from "../../../components/index.ts";
import { find, runProgram, scriptOf, valueOf, type Registration } from "./engine.ts";
import { aControlPlane, anApp, anEdge, ssh } from "./platform.ts";

/** A transform of any kind of child. */
type AnyTransform = Transform<object>;

/** A component and one of its children. */
interface Case {
  /** Creates the component with a transform of this child, and returns the field with the child. */
  make: (transform: AnyTransform) => pulumi.Resource | undefined;
  /** The child's name. */
  child: string;
  /** An argument of the child, and its path in the child's inputs. */
  change: object;
  shows: (child: Registration) => unknown;
  /** The expected value there. */
  as: unknown;
}

const script = { change: { create: "echo changed" }, shows: scriptOf, as: "echo changed" };
const removal = {
  ...{ change: { delete: "echo changed" }, as: "echo changed" },
  shows: (child: Registration) => scriptOf(child, "delete"),
};
const input = (name: string, value: unknown) => ({
  ...{ change: { [name]: value }, as: value },
  shows: ({ inputs }: Registration) => inputs[name],
});
const service = { namespace: "monitoring", name: "grafana", port: 80 };
const anHybridApp = (transform: object) => {
  const platform = { controlPlane: aControlPlane(), edges: [anEdge()] };
  return new HybridApp("immich", { ...anApp(), ...platform, transform });
};

const cases: Record<string, Case> = {
  "DnsRecord.record": {
    make: (record) =>
      new DnsRecord("a", { zoneId: "z1", name: "a.example.com", address: "192.0.2.1", transform: { record } })
        .record,
    child: "a-a",
    ...input("tags", ["owner:me"]),
  },
  "ControlPlane.firewall": {
    ...{ make: (firewall) => aControlPlane({ transform: { firewall } }).firewall, child: "home-firewall" },
    ...script,
  },
  "ControlPlane.proxyTools": {
    make: (proxyTools) => aControlPlane({ transform: { proxyTools } }).proxyTools,
    ...{ child: "home-proxy-tools", ...script },
  },
  "ControlPlane.edgesTable": {
    make: (edgesTable) => aControlPlane({ transform: { edgesTable } }).edgesTable,
    ...{ child: "home-edges", ...script },
  },
  "ControlPlane.clusterTable": {
    make: (clusterTable) => aControlPlane({ transform: { clusterTable } }).clusterTable,
    ...{ child: "home-cluster", ...script },
  },
  "EdgeNode.firewall": {
    ...{ make: (firewall) => anEdge("vps", { transform: { firewall } }).firewall, child: "vps-firewall" },
    ...script,
  },
  "EdgeNode.traefik": {
    ...{ make: (traefik) => anEdge("vps", { transform: { traefik } }).traefik, child: "vps-traefik" },
    ...script,
  },
  "HostCheck.script": {
    make: (one) => new HostCheck("a", { role: "EdgeNode", ssh, transform: { script: one } }).script,
    ...{ child: "a-check", ...script },
  },
  "SocatProxy.unit": {
    make: (unit) => {
      const args = { controlPlane: aControlPlane(), service, port: 8095, allow: ["100.64.0.9"] };
      return new SocatProxy("a", { ...args, transform: { unit } }).unit;
    },
    ...{ child: "a-unit", ...script },
  },
  "VpsRoute.script": {
    make: (one) => {
      const args = { edge: anEdge(), hosts: ["a.example.com"], backend: "http://100.64.0.2:8095" };
      return new VpsRoute("a", { ...args, transform: { script: one } }).script;
    },
    ...{ child: "a-file", ...script },
  },
  "TailnetPolicy.acl": {
    make: (acl) => new TailnetPolicy("a", { text: "{}", overwrite: false, transform: { acl } }).acl,
    ...{ child: "a-acl", ...input("resetAclOnDestroy", false) },
  },
  "HybridApp.namespace": {
    make: (namespace) => anHybridApp({ namespace }).namespace,
    ...{ child: "immich-namespace", ...removal },
  },
  "HybridApp.release": {
    make: (release) => anHybridApp({ release }).release,
    ...{ child: "immich-release", ...input("skipCrds", true) },
  },
};

describe("a transform of", () => {
  for (const [field, { make, child, change, shows, as }] of Object.entries(cases)) {
    describe(field, () => {
      /** The registered child, the others, and the URN of the field. */
      async function run(transform: AnyTransform) {
        const { resources, result } = await runProgram(() => ({ child: make(transform) }));
        const one = find(resources, child);
        const urn = result.child && (await valueOf(result.child.urn));
        return { one, urn, others: resources.filter((resource) => resource !== one) };
      }

      it("replaces arguments of that child, and of no other", async () => {
        const [plain, changed] = [await run({}), await run(change)];
        expect(shows(plain.one), "the control").not.to.deep.equal(as);
        expect(shows(changed.one)).to.deep.equal(as);
        expect(changed.others).to.deep.equal(plain.others);
      });

      it("changes its options by a function that receives its name, but cannot change its parent", async () => {
        const names: string[] = [];
        const { one, urn } = await run((args: object, opts: pulumi.CustomResourceOptions, name: string) => {
          Object.assign(args, change);
          opts.ignoreChanges = ["anything"];
          delete opts.parent;
          names.push(name);
        });
        expect(shows(one)).to.deep.equal(as);
        expect(names).to.deep.equal([child]);
        expect(one.ignoreChanges).to.deep.equal(["anything"]);
        expect(one.urn).to.equal((await run({})).one.urn);
        expect(urn, "the field").to.equal(one.urn);
      });
    });
  }
});

/** Children of a HybridApp besides those above. */
const othersOfApp = [
  ...["immich-proxy", "photos.example.com-vps-route", "photos.example.com-vps-record"],
  // The one child without a transform: a changed claim could adopt a release that belongs to somebody else.
  "immich-release-claim",
];

describe("each child of", () => {
  const classes = Object.entries(components)
    .filter(([, one]) => typeof one === "function" && one.prototype instanceof pulumi.ComponentResource)
    .map(([name]) => name);
  for (const name of classes) {
    it(`${name} has a transform that is tested here`, async () => {
      const own = Object.entries(cases).filter(([field]) => field.startsWith(`${name}.`));
      const { resources } = await runProgram(() => own[0]?.[1].make({}));
      const component = resources.find(({ type }) => type === `mynodeone:index:${name}`);
      const children = resources
        .filter(({ parent }) => parent === component?.name)
        .map((child) => child.name);
      const tested = own.map(([, { child }]) => child);
      expect(children).to.have.members([...tested, ...(name === "HybridApp" ? othersOfApp : [])]);
      expect(children).not.to.be.empty;
    });
  }
});

describe("a transform of the components of a HybridApp", () => {
  it("reaches its proxy, routes and records, and their children", async () => {
    const { resources, result } = await runProgram(() =>
      anHybridApp({
        proxy: { publicUrl: "https://elsewhere.example.com" },
        route: { transform: { script: { create: "echo changed" } } },
        record: (args: { ttl?: number }, opts: pulumi.ComponentResourceOptions, name: string) => {
          if (name === "photos.example.com-vps-record") args.ttl = 120;
          opts.parent = undefined;
        },
      }),
    );
    const { proxy, routes, records } = result;
    expect(scriptOf(find(resources, "immich-proxy-unit"))).to.contain("https://elsewhere.example.com");
    expect(scriptOf(find(resources, "photos.example.com-vps-route-file"))).to.equal("echo changed");
    expect(find(resources, "photos.example.com-vps-record-a").inputs.ttl).to.equal(120);
    expect(find(resources, "photos.example.com-vps-record").parent).to.equal("immich");
    for (const [name, made] of [
      ["immich-proxy", proxy],
      ["photos.example.com-vps-route", routes[0]],
      ["photos.example.com-vps-record", records[0]],
    ] as const)
      expect(await valueOf((made as pulumi.Resource).urn)).to.equal(find(resources, name).urn);
    expect([routes, records].map(({ length }) => length)).to.deep.equal([1, 1]);
  });
});
