import { expect } from "chai";
import { renderEnvLine } from "../../components/render/envFile.ts";
import { acmeRoots } from "../../lab/internet.ts";
import { runStack } from "../../lab/operator.ts";
import { runInNetwork, ssh } from "../../lab/run.ts";
import { declaredApps, labConfig, type AppOptions } from "../../lab/stackConfig.ts";
import { domain } from "../../lab/topology.ts";
import { failureOf } from "./failure.ts";
import { askUntil } from "./outside.ts";
import { lookAtWorld } from "./world.ts";

/** Each would do or end something in a shell, in systemd or in a template that took it for more than text. */
const hostile = [
  ...[
    "it's",
    "' || '",
    '"',
    '"; touch /tmp/canary; "',
    "$(touch /tmp/canary)",
    "`touch /tmp/canary`",
    "${HOME}",
  ],
  ...[
    "; rm -f /tmp/nothing",
    "-n",
    "%n %%",
    "\\",
    "\\\\n",
    "a \\",
    '{{ env "PATH" }}',
    " blank ",
    "#",
    "grün 🌿",
  ],
];

const directory = "/tmp/mynodeone-hostile";
const hex = (text: string) => Buffer.from(text).toString("hex");

/** The values of V0, V1 … as a reader of the file sees them, in hexadecimal digits, a line each. */
const dump = `for name in ${hostile.map((_, index) => `V${index}`).join(" ")}; do
  printenv "$name" | head -c -1 | od -An -v -tx1 | tr -d ' \\n'; echo
done`;

/** What a shell and systemd's EnvironmentFile make of the lines, on a real host. */
async function readings(lines: readonly string[]): Promise<Record<"shell" | "systemd", string[]>> {
  await ssh("home", `mkdir -p ${directory} && cat > ${directory}/file.env`, {
    input: `${lines.join("\n")}\n`,
  });
  await ssh("home", `cat > ${directory}/dump.sh`, { input: dump });
  const shell = await ssh("home", `sh -c 'set -a; . ${directory}/file.env; . ${directory}/dump.sh'`);
  const unit = "sudo systemd-run --quiet --pipe --wait --collect";
  const systemd = await ssh(
    "home",
    `${unit} -p EnvironmentFile=${directory}/file.env sh ${directory}/dump.sh </dev/null`,
  );
  return { shell: shell.split("\n"), systemd: systemd.split("\n") };
}

const canary = () => ssh("home", "test -e /tmp/canary && echo seen || true");

describe("hostile text in a file of variables", () => {
  after(async () => {
    await ssh("home", `sudo rm -rf ${directory} /tmp/canary`);
  });

  it("is the same text to a shell and to systemd, and runs nothing", async () => {
    const { shell, systemd } = await readings(
      hostile.map((value, index) => renderEnvLine(`V${index}`, value)),
    );
    expect(shell).to.deep.equal(hostile.map(hex));
    expect(systemd).to.deep.equal(hostile.map(hex));
    expect(await canary()).to.equal("");
  });

  it("would run, and be read otherwise, without the quoting", async () => {
    const { shell, systemd } = await readings(hostile.map((_, index) => `V${index}=$(touch /tmp/canary)`));
    expect(shell).not.to.deep.equal(systemd);
    expect(await canary()).to.equal("seen");
  });
});

describe("hostile text in a config", () => {
  const named = hostile.map((value, index) => [`HTTPBIN_ENV_${index}`, value] as const);
  // A header's value is trimmed on its way.
  const headers = hostile.filter((value) => value === value.trim());
  const page = `https://hostile.${domain}`;

  const up = (app: AppOptions, name = "hostile") =>
    runStack({ operation: "up", apps: { ...declaredApps(), [name]: app } });

  const app: AppOptions = {
    internet: true,
    proxyPort: 8090,
    service: { namespace: "hostile", name: "hostile" },
    chart: { name: "./lab/charts/stand-in" },
    values: { standIn: { env: Object.fromEntries(named) } },
    middlewares: [
      {
        headers: {
          customResponseHeaders: Object.fromEntries(
            headers.map((value, index) => [`X-Hostile-${index}`, value]),
          ),
        },
      },
    ],
  };

  after(async () => {
    await runStack({ operation: "up" });
    await Promise.all(["home", "vps"].map((host) => ssh(host as "home", "sudo rm -f /tmp/canary")));
  });

  it("is data in the pod and in an answer, and runs nothing on either host", async () => {
    await up(app);
    const { body } = await askUntil(`${page}/env`, 200);
    expect(JSON.parse(body)).to.deep.equal({ env: Object.fromEntries(named) });

    const quiet = ["--silent", "--cacert", acmeRoots, "--output", "/dev/null", "--dump-header", "-"];
    const answer = await runInNetwork("client", ["curl", ...quiet, `${page}/get`]);
    const told = new Map(answer.split(/\r?\n/).map((line) => line.split(/: (.*)/) as [string, string]));
    expect(headers.map((_, index) => told.get(`x-hostile-${index}`))).to.deep.equal(headers);
    for (const host of ["home", "vps"] as const) expect(await ssh(host, "ls /tmp")).not.to.include("canary");
  });

  const split = { headers: { customResponseHeaders: { "X-Hostile": "a\r\nSet-Cookie: b=c" } } };
  const refused: [what: string, option: string, app: AppOptions, name?: string][] = [
    ["an app's name", "mynodeone:apps", app, "x; touch /tmp/canary"],
    ["a subdomain", "subdomain", { ...app, subdomain: "x`) || Host(`y" }],
    [
      "a Service's name",
      "service.name",
      { ...app, service: { namespace: "hostile", name: "x\nExecStart=" } },
    ],
    ["a header", "middlewares[0]", { ...app, middlewares: [split] }],
    ["an allowed address", "allowFrom", { ...app, allowFrom: ["10.0.0.0/8`"] }],
  ];
  for (const [what, option, options, name] of refused) {
    it(`is refused as ${what}, and nothing is changed`, async () => {
      const before = await lookAtWorld();
      expect(await failureOf(up(options, name))).to.include(option);
      expect(await lookAtWorld()).to.deep.equal(before);
    });
  }

  it("is refused in the platform's own options", async () => {
    const before = await lookAtWorld();
    const config = labConfig();
    config["mynodeone:acme"].email = "a@b.test\nserver: https://evil.test";
    config["mynodeone:controlPlane"].ssh.user = "-oProxyCommand=touch /tmp/canary";
    const failure = await failureOf(runStack({ operation: "up", config }));
    expect(failure).to.include("email").and.include("user");
    expect(await lookAtWorld()).to.deep.equal(before);
  });
});
