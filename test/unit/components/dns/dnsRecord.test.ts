import { expect } from "chai";
import { DnsRecord } from "../../../../components/index.ts";
import { find, runProgram } from "../engine.ts";

describe("DnsRecord", () => {
  it("creates an A record that Cloudflare does not proxy", async () => {
    const { resources } = await runProgram(
      () => new DnsRecord("grafana", { zoneId: "z1", name: "grafana.example.com", address: "192.0.2.1" }),
    );
    expect(find(resources, "grafana-a").inputs).to.deep.equal({
      zoneId: "z1",
      name: "grafana.example.com",
      type: "A",
      content: "192.0.2.1",
      ttl: 1,
      proxied: false,
      comment: "mynodeone stack",
    });
  });
});
