import { expect } from "chai";
import { onConsole } from "../../../lab/machines.ts";
import { runStack } from "../../../lab/operator.ts";
import { failureOf } from "../failure.ts";
import { changesBetween, takeSnapshot } from "../hostSnapshot.ts";
import { destroy, withPage } from "../smallStack.ts";

/** As left by another project's installation script; each part alone is refused, too. */
const parts: Record<string, { made: string; removed: string; named: string }> = {
  "a directory of configuration": {
    made: "mkdir -p /etc/traefik/dynamic && echo 'entryPoints: {}' > /etc/traefik/traefik.yaml",
    removed: "rm -r /etc/traefik",
    named: "/etc/traefik",
  },
  certificates: {
    made: "mkdir -p /var/lib/traefik && echo '{}' > /var/lib/traefik/acme.json",
    removed: "rm -r /var/lib/traefik",
    named: "/var/lib/traefik",
  },
  "a program": {
    made: "printf '#!/bin/sh\\nexec sleep infinity\\n' > /usr/local/bin/traefik && chmod 0755 /usr/local/bin/traefik",
    removed: "rm /usr/local/bin/traefik",
    named: "/usr/local/bin/traefik",
  },
  "an account": {
    made: "useradd --system traefik",
    removed: "userdel traefik",
    named: "the account traefik",
  },
  "a unit of the distribution": {
    made: "printf '[Service]\\nExecStart=/bin/sleep infinity\\n' > /lib/systemd/system/traefik.service && systemctl daemon-reload && systemctl start traefik",
    removed: "systemctl stop traefik; rm /lib/systemd/system/traefik.service; systemctl daemon-reload",
    named: "/lib/systemd/system/traefik.service",
  },
};

const everything = {
  file: "/etc/traefik /etc/mynodeone /etc/systemd /usr/local /var/lib/traefik /lib/systemd/system",
  unit: "'traefik*' '*-proxy.*'",
  account: "",
};
const strangersRoute = "/etc/traefik/dynamic/strangers.yaml";
const strangersState = "/var/lib/traefik/strangers";
const strangersUnit = "/etc/systemd/system/api-proxy.service";

describe("what others have installed on a host", () => {
  before(() => runStack({ operation: "destroy" }));

  it("is refused before anything changes if it is a Traefik or a part of one", async () => {
    for (const { made } of Object.values(parts)) await onConsole("vps", made);
    try {
      const before = await takeSnapshot("vps", everything);
      const failure = await failureOf(runStack(withPage));
      for (const { named } of Object.values(parts)) expect(failure).to.contain(named);
      expect(failure).to.contain('EdgeNode "edge"').and.contain("use another VPS");
      await runStack(destroy);
      expect(changesBetween(before, await takeSnapshot("vps", everything))).to.deep.equal([]);
    } finally {
      for (const { removed } of Object.values(parts)) await onConsole("vps", removed);
    }
  });

  it("is kept with its directory and named when the program's own files are removed", async () => {
    const before = await takeSnapshot("vps", everything);
    const homeBefore = await takeSnapshot("home", everything);
    await runStack(withPage);
    const mine = "# mine\nhttp: {}";
    await onConsole(
      "vps",
      `for file in ${strangersRoute} ${strangersState}; do echo '${mine}' > $file; done`,
    );
    await onConsole(
      "home",
      `printf '[Service]\\nExecStart=/bin/sleep infinity\\n' > ${strangersUnit} && systemctl daemon-reload`,
    );
    try {
      let output = "";
      await runStack(destroy, (text) => (output += text));
      expect(output).to.contain(
        `/etc/traefik stays, since it contains files that this program did not create: ${strangersRoute}`,
      );
      expect(output).to.contain(
        `/var/lib/traefik stays, since it contains files that this program did not create: ${strangersState}`,
      );
      expect(output).to.contain(`${strangersUnit} was not written by this program, and stays`);
      expect(changesBetween(before, await takeSnapshot("vps", everything))).to.deep.equal(
        [`+ file ${strangersRoute}`, `+ file ${strangersState}`].sort(),
      );
      // It is enabled, like the unit of the program that it has replaced.
      const enabled = strangersUnit.replace("system/", "system/multi-user.target.wants/");
      expect(changesBetween(homeBefore, await takeSnapshot("home", everything))).to.deep.equal(
        [`+ file ${strangersUnit}`, `+ file ${enabled}`, "+ unit api-proxy.service"].sort(),
      );
    } finally {
      await onConsole("vps", "rm -rf /etc/traefik /var/lib/traefik");
      await onConsole(
        "home",
        `systemctl disable --now --quiet api-proxy; rm -f ${strangersUnit}; systemctl daemon-reload`,
      );
    }
  });
});
