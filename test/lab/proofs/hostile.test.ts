import { expect } from "chai";
import { renderEnvLine } from "../../../components/host/envFile.ts";
import { runStack } from "../../../lab/operator.ts";
import { ssh } from "../../../lab/run.ts";
import { declaredApps, type AppOptions } from "../../../lab/stackConfig.ts";
import { domain } from "../../../lab/topology.ts";
import { standInApp } from "../apps.ts";
import { askUntil, curl } from "../outside.ts";

/** Texts with an effect in a shell, in systemd or in a template that does not treat them as data. */
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

/** The values of V0, V1 … as parsed by a reader of the file, in hexadecimal digits, one line each. */
const dump = `for name in ${hostile.map((_, index) => `V${index}`).join(" ")}; do
  printenv "$name" | head -c -1 | od -An -v -tx1 | tr -d ' \\n'; echo
done`;

/** The values that a shell and systemd's EnvironmentFile read from the lines, on a real host. */
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

describe("hostile text in an env file", () => {
  after(async () => {
    await ssh("home", `sudo rm -rf ${directory} /tmp/canary`);
  });

  it("is read alike by a shell and by systemd, and runs nothing", async () => {
    const { shell, systemd } = await readings(
      hostile.map((value, index) => renderEnvLine(`V${index}`, value)),
    );
    expect(shell).to.deep.equal(hostile.map(hex));
    expect(systemd).to.deep.equal(hostile.map(hex));
    expect(await canary()).to.equal("");
  });

  it("would run without the quoting (the control)", async () => {
    const { shell, systemd } = await readings(hostile.map((_, index) => `V${index}=$(touch /tmp/canary)`));
    expect(shell).not.to.deep.equal(systemd);
    expect(await canary()).to.equal("seen");
  });
});

describe("hostile text in the config", () => {
  const named = hostile.map((value, index) => [`HTTPBIN_ENV_${index}`, value] as const);
  // A header's value is trimmed in transit.
  const headers = hostile.filter((value) => value === value.trim());
  const page = `https://hostile.${domain}`;

  const up = (app: AppOptions, name = "hostile") =>
    runStack({ operation: "up", apps: { ...declaredApps(), [name]: app } });

  const app: AppOptions = {
    ...standInApp("hostile", 8090),
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
    await Promise.all(["home", "vps"].map((host) => ssh(host as "home", "sudo rm -f /tmp/canary")));
  });

  it("stays data in the pod and in response headers, and runs nothing on either host", async () => {
    await up(app);
    const { body } = await askUntil(`${page}/env`, 200);
    expect(JSON.parse(body)).to.deep.equal({ env: Object.fromEntries(named) });

    const answer = await curl(["--output", "/dev/null", "--dump-header", "-", `${page}/get`]);
    const received = new Map(answer.split(/\r?\n/).map((line) => line.split(/: (.*)/) as [string, string]));
    expect(headers.map((_, index) => received.get(`x-hostile-${index}`))).to.deep.equal(headers);
    for (const host of ["home", "vps"] as const) expect(await ssh(host, "ls /tmp")).not.to.include("canary");
  });
});
