import { expect } from "chai";
import { runStack } from "../../../lab/operator.ts";
import { declaredApps, stackSecrets, type AppOptions } from "../../../lab/stackConfig.ts";
import { renderPlan } from "../../../exposure/plan/render.ts";
import { countSshDials } from "../dials.ts";
import { standingStack } from "../standingStack.ts";
import { immichService } from "../apps.ts";

const nothingChanges = "Nobody can reach more or less than before: 2 of 2 apps on the internet.";

/** The output of `npm run plan` for these apps. */
async function planFor(apps: Record<string, AppOptions>, markdown = false): Promise<string> {
  const { plan } = await runStack({ operation: "plan", apps });
  if (plan === undefined) throw new Error("a plan came back without one");
  return renderPlan(plan, { markdown });
}

describe("npm run plan", () => {
  before(standingStack);

  it("says that nothing changes, and connects to no host", async () => {
    let text = "";
    const dials = await countSshDials(async () => {
      text = await planFor(declaredApps());
    });
    expect(text.split("\n", 1)).to.deep.equal([nothingChanges]);
    expect(dials).to.equal(0);
  });

  it("prints one line per app above Pulumi's preview: what opens, closes or stays in the tailnet", async () => {
    const { immich, vaultwarden } = declaredApps();
    const service = immichService;
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
      "+ shared       new, becomes public: https://shared.lab.test, https://lab.test, only from 198.51.100.0/24",
      `- immich       no longer public: https://photos.lab.test; stays for the tailnet only (${home}:8080)`,
      "- vaultwarden  removed, no longer public: https://vault.lab.test",
      `~ inside       new, for the tailnet only (${home}:8099)`,
      "Afterwards: 1 of 3 apps on the internet.",
    ]);
    expect(text, "Pulumi's own preview").to.match(/vaultwarden-release\s+delete/);
  });

  it("prints Markdown for a pull request, with no secret in it", async () => {
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
