import { expect } from "chai";
import fc from "fast-check";
import { parse } from "yaml";
import { envName, renderEnvLine } from "../../../../components/host/envFile.ts";
import { enableFirewall, restoreFirewall } from "../../../../components/host/firewall/scripts.ts";
import { firewallTable, renderProxyFirewall } from "../../../../components/proxy/firewall.ts";
import { removeProxyTools, setUpProxyTools } from "../../../../components/controlPlane/proxyTools.ts";
import { removeProxy, setUpProxy } from "../../../../components/proxy/scripts.ts";
import { renderResolvConf } from "../../../../components/controlPlane/resolvConf.ts";
import { renderSocatUnit, renderSocketUnit } from "../../../../components/proxy/socatUnit.ts";
import { execArgument, renderUnit } from "../../../../components/host/systemdUnit.ts";
import { removeTraefik, setUpTraefik } from "../../../../components/edge/traefik/scripts.ts";
import { renderTraefikStatic } from "../../../../components/edge/traefik/static.ts";
import { renderTraefikUnit } from "../../../../components/edge/traefik/unit.ts";
import {
  controlPlaneRules,
  edgeRules,
  homePorts,
  proxyRules,
} from "../../../../components/host/firewall/ufw.ts";
import { removeEmptyNamespace } from "../../../../components/app/namespaceScripts.ts";
import { anyText, dnsLabel } from "../../arbitraries.ts";
import { matchSnapshot } from "../../snapshot.ts";
import { asUtf8, matchScript, shellWords } from "../shell.ts";

const proxy = {
  app: "uptime-kuma",
  address: "100.64.0.2",
  port: 8087,
  allow: ["100.64.0.1", "100.64.0.3"],
  service: { namespace: "monitoring", name: "uptime-kuma", port: 80, scheme: "http" as const },
  clusterCidrs: ["10.42.0.0/16", "10.43.0.0/16"],
  nodeAddresses: [],
  clusterDomain: "cluster.local",
  clusterDns: "10.43.0.10",
  publicUrl: "https://uptime.example.com",
  user: "deploy",
};
const acme = { email: "me@example.com", challenge: "http-01" as const };
const line = anyText.filter((one) => !/[\n\r\0]/.test(one));

describe("systemd units", () => {
  it("match the snapshots of a proxy's socket and service", () => {
    const { app, address, port, service } = proxy;
    const socket = renderSocketUnit({
      app,
      listenAddress: address,
      listenPort: port,
      clients: ["100.64.0.1", address],
      firewallFile: "/etc/mynodeone/uptime-kuma-proxy.nft",
      firewallTable: firewallTable(app),
    });
    matchSnapshot("components/uptime-kuma-proxy.socket", socket);
    const unit = renderSocatUnit({
      app,
      backendHost: `${service.name}.${service.namespace}.svc.cluster.local`,
      backendPort: service.port,
      backends: proxy.clusterCidrs,
    });
    matchSnapshot("components/uptime-kuma-proxy.service", unit);
  });

  it("match the snapshot of Traefik", () => {
    const unit = renderTraefikUnit({
      memoryPercent: 50,
      allowedNetworks: "100.64.0.2 127.0.0.53",
      bindProbe: "ipv6:tcp:0",
    });
    matchSnapshot("components/traefik.service", unit);
  });

  it("refuse a value that could add a setting", () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const render = () => renderUnit("h", { Service: { Description: value } });
        if (/[\n\r\0]/.test(value)) expect(render).to.throw(RangeError);
        else expect(render()).to.equal(`# h\n[Service]\nDescription=${value}\n`);
      }),
    );
  });

  it("pass any argument to the program unchanged", () => {
    fc.assert(
      fc.property(line, (value) => {
        expect(unquoteExec(execArgument(value))).to.equal(value);
      }),
    );
    expect(execArgument('a b%n$HOME"\\')).to.equal('"a b%%n$$HOME\\"\\\\"');
  });
});

/** Unquotes an argument as systemd does. */
function unquoteExec(argument: string): string {
  const inside = /^"(.*)"$/su.exec(argument)?.[1]?.replace(/\\(["\\])/g, "$1") ?? argument;
  return inside.replaceAll("%%", "%").replaceAll("$$", "$");
}

describe("firewall rules", () => {
  it("match the snapshot of a proxy's nftables table", () => {
    matchSnapshot("components/uptime-kuma-proxy.nft", renderProxyFirewall(proxy));
  });

  it("use a distinct table and variable for each app", () => {
    const similar = ["ab-c", "a-bc", "a-b-c", "a--b-c", "abc"];
    expect(new Set(similar.map(firewallTable)).size).to.equal(similar.length);
    expect(new Set(similar.map(envName)).size).to.equal(similar.length);
    fc.assert(
      fc.property(dnsLabel, dnsLabel, (one, other) => {
        expect(firewallTable(one) === firewallTable(other)).to.equal(one === other);
        expect(envName(one) === envName(other)).to.equal(one === other);
      }),
    );
  });

  it("match the snapshot of the UFW rules", () => {
    const rules = [
      "# edge",
      ...edgeRules,
      "# control plane",
      ...controlPlaneRules(proxy.clusterCidrs),
      "# proxy",
      ...proxyRules(proxy.address, proxy.port, proxy.allow),
    ];
    matchSnapshot("components/ufw-rules.txt", `${rules.join("\n")}\n`);
  });

  it("are added before the firewall is enabled", () => {
    const script = enableFirewall("c", 22, edgeRules);
    expect(script.indexOf("ufw_only")).to.be.within(0, script.indexOf("--force enable"));
    matchSnapshot("components/firewall.sh", `${script}\n\n# back\n${restoreFirewall("c", 22)}\n`);
  });

  it("limit SSH and the API server of a home to private networks and the tailnet", () => {
    const script = enableFirewall("c", 22, controlPlaneRules(proxy.clusterCidrs), homePorts);
    matchScript("home-firewall.sh", script);
    expect(script).not.to.contain("'allow 6443/tcp'");
  });
});

describe("Traefik's static configuration", () => {
  it("matches its snapshots for http-01 and dns-01", () => {
    matchSnapshot("components/traefik.yaml", renderTraefikStatic({ ...acme, ownCa: false }));
    const other = { ...acme, server: "https://ca.test/dir", ownCa: true, challenge: "dns-01" as const };
    matchSnapshot("components/traefik-dns.yaml", renderTraefikStatic(other));
  });

  it("treats the ACME email and server as data", () => {
    fc.assert(
      fc.property(anyText, anyText, (email, server) => {
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
 * The value of a `KEY=value` line, read with the same state machine as in systemd.
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

describe("environment files", () => {
  it("give a shell any value unchanged", () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), (values) => {
        const script = values.map((value) => `${renderEnvLine("X", value)}\nprintf '%s\\0' "$X"`).join("\n");
        expect(shellWords(script)).to.deep.equal(values.map(asUtf8));
      }),
      { numRuns: 20 },
    );
  });

  it("give systemd any value unchanged", () => {
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

  it("refuse a line break in a value and a space in a name", () => {
    expect(() => renderEnvLine("X", "a\nY=b")).to.throw(RangeError);
    expect(() => renderEnvLine("X Y", "a")).to.throw(RangeError);
  });
});

describe("rendered host files", () => {
  const scripts = {
    "proxy.sh": setUpProxy(proxy),
    "proxy-https.sh": setUpProxy({ ...proxy, service: { ...proxy.service, port: 443, scheme: "https" } }),
    "proxy-remove.sh": removeProxy(proxy.app, proxy.user),
    "proxy-tools.sh": setUpProxyTools("10.43.0.10"),
    "proxy-tools-remove.sh": removeProxyTools(),
    "traefik.sh": setUpTraefik(acme),
    "traefik-dns.sh": setUpTraefik({ ...acme, challenge: "dns-01", caCertificate: "PEM\n" }),
    "traefik-remove.sh": removeTraefik(),
    "namespace-remove.sh": removeEmptyNamespace("uptime-kuma", "monitoring"),
  };
  for (const [name, script] of Object.entries(scripts)) {
    it(`match the snapshot of ${name}`, () => {
      matchScript(name, script);
    });
  }

  it("match the snapshot of resolv.conf", () => {
    matchSnapshot("components/resolv.conf", renderResolvConf("10.43.0.10"));
  });
});
