import { expect } from "chai";
import { enableFirewall, restoreFirewall } from "../../../../../components/host/firewall/scripts.ts";
import {
  controlPlaneRules,
  edgeRules,
  homePorts,
  proxyRules,
} from "../../../../../components/host/firewall/ufw.ts";
import { matchSnapshot } from "../../../snapshot.ts";
import { matchScript } from "../../shell.ts";

const clusterCidrs = ["10.42.0.0/16", "10.43.0.0/16"];

describe("UFW rules", () => {
  it("match their snapshot", () => {
    const rules = [
      "# edge",
      ...edgeRules,
      "# control plane",
      ...controlPlaneRules(clusterCidrs),
      "# proxy",
      ...proxyRules("100.64.0.2", 8087, ["100.64.0.1", "100.64.0.3"]),
    ];
    matchSnapshot("components/ufw-rules.txt", `${rules.join("\n")}\n`);
  });

  it("are added before the firewall is enabled", () => {
    const script = enableFirewall("c", 22, edgeRules);
    expect(script.indexOf("ufw_only")).to.be.within(0, script.indexOf("--force enable"));
    matchSnapshot("components/firewall.sh", `${script}\n\n# back\n${restoreFirewall("c", 22)}\n`);
  });

  it("limit SSH and the API server of the home to private networks and the tailnet", () => {
    const script = enableFirewall("c", 22, controlPlaneRules(clusterCidrs), homePorts);
    matchScript("home-firewall.sh", script);
    expect(script).not.to.contain("'allow 6443/tcp'");
  });
});
