import { expect } from "chai";
import { runStack } from "../../lab/operator.ts";
import { declaredApps, stackSecrets, type AppOptions } from "../../lab/stackConfig.ts";
import { renderPlan } from "../../plan/render.ts";
import { countSshDials } from "./dials.ts";

const nothingChanges = "Nobody can reach more or less than before: 2 of 2 apps on the internet.";

/** What `npm run plan` prints for these apps. */
async function planFor(apps: Record<string, AppOptions>, markdown = false): Promise<string> {
  const { plan } = await runStack({ operation: "plan", apps });
  if (plan === undefined) throw new Error("a plan came back without one");
  return renderPlan(plan, { markdown });
}

describe("npm run plan", () => {
  before(() => runStack({ operation: "up" }));

  it("says that nothing changes where nothing does, and touches no host", async () => {
    let text = "";
    const dials = await countSshDials(async () => {
      text = await planFor(declaredApps());
    });
    expect(text.split("\n", 1)).to.deep.equal([nothingChanges]);
    expect(dials).to.equal(0);
  });

  it("has one line an app above Pulumi's own: what opens, what closes, what stays inside", async () => {
    const { immich, vaultwarden } = declaredApps();
    const service = { namespace: "immich", name: "immich-server" };
    const text = await planFor({
      immich: { ...immich, internet: false },
      shared: {
        subdomain: ["shared", "@"],
        internet: true,
        proxyPort: 8098,
        service,
        allowFrom: ["198.51.100.0/24"],
      },
      inside: { proxyPort: 8099, service },
    });
    const [home] = /http:\/\/100\.64\.\d+\.\d+/.exec(text) ?? [];
    expect(vaultwarden, "an app that is declared, and left out here").not.to.equal(undefined);
    expect(text.split("\n").slice(0, 5)).to.deep.equal([
      "+ shared       new, becomes public: https://shared.lab.test, https://lab.test, from 198.51.100.0/24 alone",
      `- immich       no longer public: https://photos.lab.test; stays for the tailnet alone (${home}:8080)`,
      "- vaultwarden  removed, no longer public: https://vault.lab.test",
      `~ inside       new, for the tailnet alone (${home}:8099)`,
      "Afterwards: 1 of 3 apps on the internet.",
    ]);
    expect(text, "Pulumi's own preview").to.match(/vaultwarden-release\s+delete/);
  });

  it("is Markdown for a pull request, without a secret in it", async () => {
    const { immich } = declaredApps();
    const markdown = await planFor({ immich: immich ?? {} }, true);
    expect(markdown).to.contain(
      "- **closes** `vaultwarden`: removed, no longer public: `https://vault.lab.test`",
    );
    expect(markdown)
      .to.contain("<details>")
      .and.to.match(/vaultwarden-release\s+delete/);
    for (const [name, secret] of Object.entries(stackSecrets())) {
      const lines = secret.split("\n").filter((line) => line.length > 12);
      expect(
        lines.some((line) => markdown.includes(line)),
        name,
      ).to.equal(false);
    }
  });

  it("changes nothing", async () => {
    expect((await planFor(declaredApps())).split("\n", 1)).to.deep.equal([nothingChanges]);
  });
});
