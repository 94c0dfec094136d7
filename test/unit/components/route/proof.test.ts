import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { renderProxyFirewall } from "../../../../components/proxy/firewall.ts";
import { proveProxy } from "../../../../components/route/proof.ts";
import { setUpRoute } from "../../../../components/route/scripts.ts";

const proxy = { app: "immich", address: "100.64.0.2", port: 8080 };

/**
 * Runs the script on an edge with these results of connections: from the ports that the proxy's firewall refuses, one
 * per try, and from another privileged port.
 */
function prove(special: string[], ordinary: string): { status: number | null; said: string } {
  const standIns = `
fail() { echo "$*"; exit 1; }
warn() { echo "$*"; }
sleep() { :; }
count=$(mktemp)
trap 'rm -f "$count"' EXIT
perl() {
  if [ "$5 $6" = "600 1007" ]; then echo ${JSON.stringify(ordinary)}; return; fi
  [ "$5 $6" = "1008 1023" ] || exit 9
  echo >> "$count"
  case $(wc -l < "$count") in
${special.map((word, index) => `    ${index + 1}) echo ${JSON.stringify(word)} ;;`).join("\n")}
    *) echo ${JSON.stringify(special.at(-1))} ;;
  esac
}`;
  const script = `${standIns}\n${proveProxy('VpsRoute "photos"', proxy)}`;
  const { status, stdout } = spawnSync("sh", ["-euc", script], { encoding: "utf8" });
  return { status, said: stdout.trim() };
}

describe("the proof that a proxy's own host answers an edge", () => {
  it("is the refusal by the proxy's firewall, and prints nothing", () => {
    expect(prove(["guarded"], "accepted")).to.deep.equal({ status: 0, said: "" });
    expect(prove(["connection timed out", "guarded"], "accepted")).to.deep.equal({ status: 0, said: "" });
  });

  it("fails if a connection that the firewall refuses is accepted, and names what to check", () => {
    const { status, said } = prove(["accepted"], "accepted");
    expect(status).to.equal(1);
    for (const part of [
      'VpsRoute "photos": ',
      "immich",
      "100.64.0.2:8080",
      "hostPort",
      "LoadBalancer",
      "proxyPort",
    ])
      expect(said).to.contain(part);
  });

  it("is missing with a warning if nothing answers or no ICMP error arrives", () => {
    const silent = prove(["connection refused"], "connection refused");
    expect(silent.status).to.equal(0);
    expect(silent.said).to.match(
      /cannot connect to the proxy of immich at 100\.64\.0\.2:8080.* connection refused$/,
    );
    const unproven = prove(["no answer in 5 seconds"], "accepted");
    expect(unproven.status).to.equal(0);
    expect(unproven.said).to.contain("cannot tell whether the proxy of immich answers at 100.64.0.2:8080");
  });

  it("uses ports that the firewall refuses only from its clients, on the tailnet's interface", () => {
    const rules = renderProxyFirewall({ ...proxy, allow: ["100.64.0.1"] }).split("\n");
    const [refusal] = rules.filter((rule) => rule.includes("prot-unreachable"));
    expect(refusal).to.match(
      /^ *iifname "tailscale0" ip daddr 100\.64\.0\.2 tcp dport 8080 tcp sport 1008-1023 /,
    );
    expect(rules.indexOf(refusal ?? "")).to.be.above(
      rules.findIndex((rule) => rule.includes("saddr != { 100.64.0.1 }")),
    );
  });

  it("runs before anything is created on the edge, for a route with a proxy", () => {
    const route = {
      app: "photos",
      hosts: ["photos.example.com"],
      backend: "http://100.64.0.2:8080",
      hsts: false,
    };
    const certificates = { challenge: "http-01", store: "/var/lib/traefik/acme.json" } as const;
    const script = setUpRoute({ ...route, proxy, basicAuth: true }, certificates);
    expect(script.indexOf("dial()")).to.equal(0);
    expect(setUpRoute(route, certificates)).not.to.contain("dial");
  });
});
