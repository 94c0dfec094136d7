import { HybridApp } from "../../../../components/index.ts";
import { matchSnapshot } from "../../snapshot.ts";
import { runProgram } from "../engine.ts";
import type { Registration } from "../engine.ts";
import { aControlPlane, anApp, anEdge } from "../platform.ts";

/** Apps by their needs, in descending order. */
const apps = {
  "a chart on the internet, one edge": anApp(),
  "a chart for the tailnet": anApp({ internet: false }),
  "an existing Service for the tailnet": anApp({ internet: false, release: undefined }),
  "a chart without a proxy": anApp({ internet: false, proxyPort: undefined }),
};

async function registered(spec?: ReturnType<typeof anApp>): Promise<Registration[]> {
  const { resources } = await runProgram(() => {
    const hosts = { controlPlane: aControlPlane(), edges: [anEdge()] };
    if (spec) new HybridApp(spec.name, { ...spec, ...hosts });
  });
  return resources;
}

const dials = ({ type, inputs }: Registration) =>
  type === "command:remote:Command" && inputs.create !== undefined;

describe("an app", () => {
  it("costs a stack no more resources and SSH sessions than these", async () => {
    const platform = new Set((await registered()).map(({ urn }) => urn));
    const tables: string[] = [];
    for (const [what, spec] of Object.entries(apps)) {
      const own = (await registered(spec)).filter(({ urn }) => !platform.has(urn));
      const sessions = own.filter(dials).length;
      const lines = own.map((one) => `  ${one.type}  ${one.name}${dials(one) ? "  (dials)" : ""}`).sort();
      tables.push(`${what}: resources ${own.length}, SSH sessions ${sessions}\n${lines.join("\n")}\n`);
    }
    matchSnapshot("components/app-cost.txt", tables.join("\n"));
  });
});
