import { expect } from "chai";
import { vendorCredentials } from "../../../lab/internet.ts";
import { runStack } from "../../../lab/operator.ts";
import { ssh } from "../../../lab/run.ts";
import { labConfig, type LabConfig } from "../../../lab/stackConfig.ts";
import { domain } from "../../../lab/topology.ts";
import { makeRecord, mintCloudflareToken, removeRecord } from "../../../lab/vendors.ts";
import { publishedApps } from "../apps.ts";
import { leadToLabsApi, leadToVendorsApi } from "../labsApi.ts";
import { askUntil } from "../outside.ts";
import { standingStack } from "../standingStack.ts";

describe("a separate token for dns-01", () => {
  const token = mintCloudflareToken();
  const secrets = { "mynodeone:acmeDnsToken": token };
  const apps = publishedApps({ delegated: { proxyPort: 8090 } });
  let config: LabConfig;
  let cname: string;

  before(async () => {
    await leadToLabsApi("vps");
    cname = await makeRecord({
      name: `_acme-challenge.delegated.${domain}`,
      type: "CNAME",
      content: `delegated.challenges.${domain}`,
    });
    config = labConfig();
    config["mynodeone:acme"].challenge = "dns-01";
  });

  after(async () => {
    await removeRecord(cname);
    await leadToVendorsApi("vps");
    await standingStack();
  });

  /** The tokens that are stored on the edge. */
  const tokensThere = async () => {
    const text = await ssh("vps", "sudo cat /etc/traefik/traefik.env");
    return { own: text.includes(token), operators: text.includes(vendorCredentials().cloudflareToken) };
  };

  it("is stored on the edge instead of the operator's, which is there without it (the control)", async () => {
    await runStack({ operation: "up", config });
    expect(await tokensThere()).to.deep.equal({ own: false, operators: true });
    await runStack({ operation: "up", config, secrets });
    expect(await tokensThere()).to.deep.equal({ own: true, operators: false });
  });

  it("gets a certificate if _acme-challenge is a CNAME to another name", async () => {
    await runStack({ operation: "up", config, apps, secrets });
    await askUntil(`https://delegated.${domain}/get`, 200);
    // The CNAME would conflict with a TXT record of the same name.
    const log = await ssh(
      "vps",
      "sudo journalctl -u traefik --since=-5min --all -o cat | grep -i cname || true",
    );
    expect(log).not.to.match(/error/i);
  });
});
