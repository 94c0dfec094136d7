import { expect } from "chai";
import { renderEnvLine } from "../../components/render/envFile.ts";
import { ssh } from "../../lab/run.ts";

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
