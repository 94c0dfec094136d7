import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ufwQuestions } from "../../../../../components/host/firewall/ufwQuestions.ts";
import { temporaryDirectories } from "../../../temporaryDirectories.ts";

/** Lines of UFW's rule files, and the answers for TCP port 22 from 203.0.113.5 to 192.0.2.1 over eth0. */
const any = "0.0.0.0/0";
const cases: Record<string, { tuples: string[]; answers: string[] }> = {
  "no rule": { tuples: [], answers: [] },
  limit: {
    tuples: [`limit tcp 22 ${any} any ${any} in`],
    answers: ["named limit 22/tcp", "public limit 22/tcp", "session limit 22/tcp"],
  },
  "a logged rule with a comment": {
    tuples: [`allow_log tcp 22 ${any} any ${any} in comment=6d696e65`],
    answers: ["named", "public", "session"].map((answer) => `${answer} allow log 22/tcp`),
  },
  "both protocols": {
    tuples: [`deny any 22 ${any} any ${any} in`],
    answers: ["public deny 22", "session deny 22"],
  },
  "an application profile": {
    tuples: [`allow tcp 22 ${any} any ${any} Open%20SSH - in`],
    answers: ["named", "public", "session"].map((answer) => `${answer} allow "Open SSH"`),
  },
  "a list and a range of ports": {
    tuples: [`allow tcp 80,443 ${any} any ${any} in`, `reject tcp 20:25 ${any} any ${any} in`],
    answers: ["public reject 20:25/tcp", "session reject 20:25/tcp"],
  },
  "this interface": {
    tuples: [`allow any 22 ${any} any ${any} in_eth0`],
    answers: ["named", "session"].map((answer) => `${answer} allow in on eth0 to any port 22`),
  },
  "another interface": {
    tuples: [`allow any 22 ${any} any ${any} in_wg0`],
    answers: ["named allow in on wg0 to any port 22"],
  },
  "the client's network": {
    tuples: [`allow tcp 22 ${any} any 203.0.113.0/24 in`],
    answers: ["named", "session"].map(
      (answer) => `${answer} allow from 203.0.113.0/24 to any port 22 proto tcp`,
    ),
  },
  "another client": {
    tuples: [`allow tcp 22 ${any} any 203.0.113.6 in`],
    answers: ["named allow from 203.0.113.6 to any port 22 proto tcp"],
  },
  "a deny of one client before an allow": {
    tuples: [`deny any any ${any} any 203.0.113.5 in`, `allow tcp 22 ${any} any ${any} in`],
    answers: ["named allow 22/tcp", "public allow 22/tcp", "session deny from 203.0.113.5 to any"],
  },
  "rules for other traffic": {
    tuples: [
      `allow udp 22 ${any} any ${any} in`,
      `allow tcp 22 ${any} any ${any} out`,
      `route:allow tcp 22 ${any} any ${any} in`,
      `allow tcp any ${any} 22 ${any} in`,
      `allow tcp 22 192.0.2.9 any ${any} in`,
      `allow tcp 22 ${any} any ${any} in comment=6d796e6f64656f6e653a65646765`,
    ],
    answers: ["named allow to 192.0.2.9 port 22 proto tcp"],
  },
};

describe("questions about UFW's rules", () => {
  const newDirectory = temporaryDirectories();
  const ask = (tuples: string[], question: string, store = "user.rules") => {
    const directory = newDirectory();
    writeFileSync(
      join(directory, store),
      tuples.map((one) => `### tuple ### ${one}\n-A x -j y\n`).join("\n"),
    );
    const script = `ssh_connection=\nufw_directory=${directory}\n${ufwQuestions}\n${question}`;
    return execFileSync("sh", ["-euc", script], { encoding: "utf8" }).split("\n").filter(Boolean).sort();
  };

  for (const [what, { tuples, answers }] of Object.entries(cases)) {
    it(`are answered for ${what}`, () => {
      expect(ask(tuples, "ufw_ask 22 tcp 203.0.113.5 192.0.2.1 eth0")).to.deep.equal(answers);
    });
  }

  it("recognize private networks, and the tailnet by its interface", () => {
    const are = (addresses: string[], on = "eth0") =>
      addresses.map((one) => ask([], `is_private "${one}" ${on} && echo yes || echo no`).join(""));
    const inside = ["10.0.0.1", "172.16.0.1", "172.31.255.1", "192.168.1.5", "fd00:77::1", "fe80::1", "::1"];
    expect(new Set(are(inside))).to.deep.equal(new Set(["yes"]));
    const outside = ["", "9.255.255.1", "172.15.0.1", "172.32.0.1", "192.169.0.1", "203.0.113.5"];
    const tailnet = ["100.64.0.1", "100.99.0.1", "100.127.255.1"];
    const none = [...outside, "100.63.0.1", "100.128.0.1", "2001:db8::1", "fec0::1", "fb00::1"];
    expect(new Set(are([...none, ...tailnet]))).to.deep.equal(new Set(["no"]));
    expect(new Set(are(tailnet, "tailscale0"))).to.deep.equal(new Set(["yes"]));
    expect(new Set(are(none, "tailscale0"))).to.deep.equal(new Set(["no"]));
  });

  it("are answered for IPv6 from the IPv6 rules", () => {
    const rule = "allow tcp 22 ::/0 any 2001:db8:0:1::/60 in";
    const session = (client: string) =>
      ask([rule], `ufw_ask 22 tcp ${client} 2001:db8::1 eth0 | ufw_answer session`, "user6.rules");
    expect(session("2001:db8:0:f::5")).to.deep.equal(["allow"]);
    expect(session("2001:db8:0:10::5")).to.deep.equal([]);
    expect(session("203.0.113.5")).to.deep.equal([]);
  });
});
