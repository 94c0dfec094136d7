import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as components from "../../../components/index.ts";
import type { ControlPlane } from "../../../components/index.ts";
import {
  DnsRecord,
  HostCheck,
  HybridApp,
  SocatProxy,
  TailnetPolicy,
  VpsRoute,
} from "../../../components/index.ts";
import { runProgram, valueOf } from "./engine.ts";
import { aControlPlane, anApp, anEdge, ssh } from "./platform.ts";

describe("component type tokens", () => {
  it("are the names of the components", async () => {
    const service = { namespace: "immich", name: "immich-server", port: 80 };
    const [hosts, address] = [["a.example.com"], "192.0.2.1"];
    const all: Record<string, () => pulumi.Resource> = {
      ControlPlane: () => aControlPlane(),
      DnsRecord: () => new DnsRecord("a", { zoneId: "z1", name: "a.example.com", address }),
      EdgeNode: () => anEdge(),
      HostCheck: () => new HostCheck("a", { role: "EdgeNode", ssh }),
      HybridApp: () =>
        new HybridApp("a", {
          ...anApp({ internet: false }),
          controlPlane: aControlPlane(),
          edges: [],
        }),
      SocatProxy: () =>
        new SocatProxy("a", { controlPlane: aControlPlane(), service, port: 8095, allow: [address] }),
      TailnetPolicy: () => new TailnetPolicy("a", { text: "{}" }),
      VpsRoute: () => new VpsRoute("a", { edge: anEdge(), hosts, backend: "http://100.64.0.2:8095" }),
    };
    const classes = Object.values(components).filter(
      (one): one is typeof ControlPlane =>
        typeof one === "function" && one.prototype instanceof pulumi.ComponentResource,
    );
    expect(classes.map(({ name }) => name)).to.have.members(Object.keys(all));
    for (const [name, make] of Object.entries(all)) {
      const { result } = await runProgram(make);
      expect(await valueOf(result.urn), name).to.contain(`mynodeone:index:${name}::`);
    }
  });
});
