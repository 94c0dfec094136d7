import { hostKey } from "../../../lab/machines.ts";
import { ssh } from "../../../lab/run.ts";
import { labConfig } from "../../../lab/stackConfig.ts";
import { hosts } from "../../../lab/topology.ts";
import { unreachable } from "../blocked.ts";
import { anotherConfig, itRefuses, type Fault } from "../refusal.ts";

/** One fault of each kind; the others are in `test/lab/proofs/broken*.test.ts`. */
const faults: Record<string, Fault> = {
  "a config with hostile text in its options": {
    request: () => {
      const config = labConfig();
      const app = { internet: true, proxyPort: 8090, service: { namespace: "x", name: "x\nExecStart=" } };
      config["mynodeone:apps"]["x; touch /tmp/canary"] = app;
      config["mynodeone:acme"].email = "a@b.test\nserver: https://evil.test";
      config["mynodeone:controlPlane"].ssh.user = "-oProxyCommand=touch /tmp/canary";
      return { config };
    },
    message: [
      "The config has 4 problems",
      /mynodeone:apps.*x; touch \/tmp\/canary/,
      "service.name",
      "mynodeone:acme.email",
      "mynodeone:controlPlane.ssh.user",
    ],
  },
  "values that Let's Encrypt refuses": {
    request: () => {
      const config = anotherConfig();
      config["mynodeone:acme"] = { email: "me@example.com" };
      return { config };
    },
    message: [
      "The config has 3 problems",
      'mynodeone:domain: "lab.test" lies in .test',
      'mynodeone:acme.email: "me@example.com" is for documentation only',
      'mynodeone:edges[0].publicIp: "198.51.100.10" is for documentation only',
    ],
  },
  "a Cloudflare token that is not valid": {
    request: () => ({ secrets: { "cloudflare:apiToken": "x".repeat(40) } }),
    message: [
      "The config has 1 problem",
      "cloudflare:apiToken is not accepted",
      "pulumi config set --secret",
    ],
  },
  "an unreachable Cloudflare API": {
    ...unreachable("cloudflare"),
    message: [
      /^Cloudflare does not answer\. The config is not the cause: .*run again later/,
      "cloudflarestatus.com",
      "ECONNREFUSED",
    ],
  },
  "a Service that does not exist": {
    request: () => {
      const config = anotherConfig();
      const { spare } = config["mynodeone:apps"];
      Object.assign(spare ?? {}, { service: { namespace: "immich", name: "absent" } });
      return { config };
    },
    message: [
      'mynodeone:apps.spare.service: Service "immich/absent" not found',
      "Services in that namespace: immich-server",
      "kubectl get services -A",
    ],
  },
  "a changed host key": {
    request: () => {
      const config = anotherConfig();
      Object.assign(config["mynodeone:edges"][0]?.ssh ?? {}, { hostKey: hostKey("home") });
      return { config };
    },
    message: ['EdgeNode "edge": ssh.hostKey', `${hosts.vps.address}:22`, "/etc/ssh/ssh_host_ed25519_key.pub"],
  },
  "a full disk": {
    cause: () => ssh("home", "sudo mount -t tmpfs -o size=8m tmpfs /tmp"),
    message: [
      `ControlPlane "home": ssh.host is "${hosts.home.address}:22"`,
      /\/tmp has [0-8] MB left, and 100 MB are needed/,
    ],
    repair: () => ssh("home", "sudo umount /tmp"),
  },
};

describe("a run is refused with one message, and changes nothing, because of", () => {
  itRefuses(faults);
});
