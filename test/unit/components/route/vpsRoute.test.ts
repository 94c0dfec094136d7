import { expect } from "chai";
import { VpsRoute } from "../../../../components/index.ts";
import { find, runProgram, scriptOf, valueOf } from "../engine.ts";
import { anEdge } from "../platform.ts";

describe("VpsRoute", () => {
  it("writes one file on its edge", async () => {
    const { resources, result } = await runProgram(
      () =>
        new VpsRoute("grafana", {
          edge: anEdge(),
          hosts: ["grafana.example.com"],
          backend: "http://100.64.0.2:8095",
        }),
    );
    expect(await valueOf(result.url)).to.equal("https://grafana.example.com");
    const file = find(resources, "grafana-file");
    expect(file.parent).to.equal("grafana");
    expect(file.inputs.triggers).to.deep.equal([
      "192.0.2.1:22 ssh-ed25519 AAAAhost",
      "/etc/traefik/dynamic/grafana.yaml",
    ]);
    expect(scriptOf(file)).to.contain("Host(`grafana.example.com`)").and.not.to.contain("hsts");
    expect(scriptOf(file, "delete")).to.contain("'rm' '-f' '/etc/traefik/dynamic/grafana.yaml'");
  });
});
