import { expect } from "chai";
import fc from "fast-check";
import { parse } from "yaml";
import { execFileSync } from "node:child_process";
import { envName, renderEnvLine } from "../../../../components/render/envFile.ts";
import { enableFirewall, restoreFirewall } from "../../../../components/render/firewallScripts.ts";
import { firewallTable, renderProxyFirewall } from "../../../../components/render/nftables.ts";
import { removeProxy, setUpProxy } from "../../../../components/render/proxyScripts.ts";
import { renderResolvConf } from "../../../../components/render/resolvConf.ts";
import { renderSocatUnit } from "../../../../components/render/socatUnit.ts";
import { execArgument, renderUnit } from "../../../../components/render/systemdUnit.ts";
import { removeTraefik, setUpTraefik } from "../../../../components/render/traefikScripts.ts";
import { renderTraefikStatic } from "../../../../components/render/traefikStatic.ts";
import { renderTraefikUnit } from "../../../../components/render/traefikUnit.ts";
import { controlPlaneRules, edgeRules, proxyRules } from "../../../../components/render/ufw.ts";
import { removeEmptyNamespace } from "../../../../components/render/namespaceScripts.ts";
import { matchSnapshot } from "../../snapshot.ts";

const proxy = {
  app: "uptime-kuma",
  address: "100.64.0.2",
  port: 8087,
  allow: ["100.64.0.1", "100.64.0.3"],
  service: { namespace: "monitoring", name: "uptime-kuma", port: 80 },
  clusterCidrs: ["10.42.0.0/16", "10.43.0.0/16"],
  clusterDomain: "cluster.local",
  clusterDns: "10.43.0.10",
  resolvConf: "/etc/mynodeone/resolv.conf",
  publicUrl: "https://uptime.example.com",
  user: "deploy",
};
const acme = { email: "me@example.com", challenge: "http-01" as const };
const text = fc.string({ unit: "binary" });
const line = text.filter((one) => !/[\n\r\0]/.test(one));

describe("systemd units", () => {
  it("socat", () => {
    const { address, port, service } = proxy;
    const unit = renderSocatUnit({
      app: proxy.app,
      listenAddress: address,
      listenPort: port,
      backendHost: `${service.name}.${service.namespace}.svc.cluster.local`,
      backendPort: service.port,
      allowedAddresses: ["100.64.0.1", ...proxy.clusterCidrs],
      resolvConf: proxy.resolvConf,
      firewallFile: "/etc/mynodeone/uptime-kuma-proxy.nft",
      firewallTable: firewallTable(proxy.app),
    });
    matchSnapshot("components/uptime-kuma-proxy.service", unit);
  });

  it("Traefik", () => {
    matchSnapshot("components/traefik.service", renderTraefikUnit());
  });

  it("a line break begins no setting of its own", () => {
    fc.assert(
      fc.property(text, (value) => {
        const render = () => renderUnit("h", { Service: { Description: value } });
        if (/[\n\r\0]/.test(value)) expect(render).to.throw(RangeError);
        else expect(render()).to.equal(`# h\n[Service]\nDescription=${value}\n`);
      }),
    );
  });

  it("an argument comes out as it went in", () => {
    fc.assert(
      fc.property(line, (value) => {
        expect(unquoteExec(execArgument(value))).to.equal(value);
      }),
    );
    expect(execArgument('a b%n$HOME"\\')).to.equal('"a b%%n$$HOME\\"\\\\"');
  });
});

/** What systemd makes of one argument. */
function unquoteExec(argument: string): string {
  const inside = /^"(.*)"$/su.exec(argument)?.[1]?.replace(/\\(["\\])/g, "$1") ?? argument;
  return inside.replaceAll("%%", "%").replaceAll("$$", "$");
}

describe("firewall", () => {
  it("nftables", () => {
    matchSnapshot("components/uptime-kuma-proxy.nft", renderProxyFirewall(proxy));
  });

  it("each app has a table of its own", () => {
    const label = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?$/);
    fc.assert(
      fc.property(label, label, (one, other) => {
        expect(firewallTable(one) === firewallTable(other)).to.equal(one === other);
        expect(envName(one) === envName(other)).to.equal(one === other);
      }),
    );
  });

  it("UFW", () => {
    const rules = [
      "# edge",
      ...edgeRules(22),
      "# control plane",
      ...controlPlaneRules(2222, proxy.clusterCidrs),
      "# proxy",
      ...proxyRules(proxy.address, proxy.port, proxy.allow),
    ];
    matchSnapshot("components/ufw-rules.txt", `${rules.join("\n")}\n`);
  });

  it("its rules are there before it is enabled", () => {
    const script = enableFirewall("c", edgeRules(22));
    expect(script.indexOf("ufw_only")).to.be.lessThan(script.indexOf("--force enable"));
    matchSnapshot("components/firewall.sh", `${script}\n\n# back\n${restoreFirewall("c")}\n`);
  });
});

describe("Traefik", () => {
  it("static configuration", () => {
    matchSnapshot("components/traefik.yaml", renderTraefikStatic({ ...acme, ownCa: false }));
    const other = { ...acme, server: "https://ca.test/dir", ownCa: true, challenge: "dns-01" as const };
    matchSnapshot("components/traefik-dns.yaml", renderTraefikStatic(other));
  });

  it("takes what names the authority as data", () => {
    fc.assert(
      fc.property(text, text, (email, server) => {
        const { certificatesResolvers } = parse(
          renderTraefikStatic({ ...acme, email, server, ownCa: false }),
        ) as { certificatesResolvers: Record<string, { acme: object }> };
        const [resolver] = Object.values(certificatesResolvers);
        expect(resolver?.acme).to.deep.include({ email, caServer: server });
      }),
    );
  });
});

/**
 * The value of a `KEY=value` line, by the states of systemd's own reader.
 * See https://github.com/systemd/systemd/blob/main/src/basic/env-file.c
 */
function asSystemdReads(line: string): string {
  type State = "before" | "plain" | "escaped" | "single" | "double" | "escaped in double";
  let state: State = "before";
  let value = "";
  for (const letter of line.slice(line.indexOf("=") + 1)) {
    if (state === "escaped") {
      value += letter;
      state = "plain";
    } else if (state === "escaped in double") {
      value += '"\\`$'.includes(letter) ? letter : `\\${letter}`;
      state = "double";
    } else if (state === "single" || state === "double") {
      if (letter === (state === "single" ? "'" : '"')) state = "before";
      else if (letter === "\\" && state === "double") state = "escaped in double";
      else value += letter;
    } else if (letter === "\\") state = "escaped";
    else if (state === "before" && letter === "'") state = "single";
    else if (state === "before" && letter === '"') state = "double";
    else if (state === "plain" || !/\s/.test(letter)) {
      value += letter;
      state = "plain";
    }
  }
  return value;
}

describe("files of variables", () => {
  it("mean the same to a shell, whatever the value", () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), (values) => {
        const script = values.map((value) => `${renderEnvLine("X", value)}\nprintf '%s\\0' "$X"`).join("\n");
        const output = execFileSync("sh", ["-c", script]).toString("utf8");
        expect(output.split("\0").slice(0, -1)).to.deep.equal(
          values.map((one) => Buffer.from(one).toString()),
        );
      }),
      { numRuns: 20 },
    );
  });

  it("mean the same to systemd, whatever the value", () => {
    fc.assert(
      fc.property(
        fc.oneof(line, fc.constantFrom("it's", "'", '"$(id)`id`"', "\\", "a'b'c", " a ")),
        (value) => {
          expect(asSystemdReads(renderEnvLine("X", value))).to.equal(value);
        },
      ),
    );
    expect(asSystemdReads("X='it'\\''s'")).not.to.equal("it's");
  });

  it("hold one line for each value", () => {
    expect(() => renderEnvLine("X", "a\nY=b")).to.throw(RangeError);
    expect(() => renderEnvLine("X Y", "a")).to.throw(RangeError);
  });
});

describe("scripts", () => {
  const scripts = {
    "proxy.sh": setUpProxy(proxy),
    "proxy-remove.sh": removeProxy(proxy.app, proxy.user),
    "traefik.sh": setUpTraefik(acme),
    "traefik-dns.sh": setUpTraefik({ ...acme, challenge: "dns-01", caCertificate: "PEM\n" }),
    "traefik-remove.sh": removeTraefik(),
    "namespace-remove.sh": removeEmptyNamespace("uptime-kuma", "monitoring"),
    "resolv.conf": renderResolvConf("10.43.0.10"),
  };
  for (const [name, script] of Object.entries(scripts)) {
    it(name, () => {
      if (name.endsWith(".sh")) execFileSync("sh", ["-n"], { input: script });
      matchSnapshot(`components/${name}`, script.endsWith("\n") ? script : `${script}\n`);
    });
  }
});
