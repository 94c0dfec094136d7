import { expect } from "chai";
import { execa } from "execa";
import { setTimeout as sleep } from "node:timers/promises";
import { parse, parseDocument } from "yaml";
import { claimedHeaders } from "../../../components/edge/claimedHeaders.ts";
import { acmeRoots } from "../../../lab/internet.ts";
import { insideNetwork, ssh } from "../../../lab/run.ts";
import { hosts } from "../../../lab/topology.ts";
import { converse, type Conversation } from "../conversation.ts";
import { askUntil, curl, printed, statusOf } from "../outside.ts";
import { standingStack } from "../standingStack.ts";

const photos = "https://photos.lab.test";
const tenMinutes = 10 * 60_000;
const gibibyte = 2 ** 30;

/** A request as reported by go-httpbin. */
interface Seen {
  headers: Record<string, string[] | undefined>;
  url: string;
}

/** The part of a route's file that is read here. */
interface Route {
  http: { services: Record<string, { loadBalancer: { servers: { url: string }[] } } | undefined> };
}

const forged = {
  ...Object.fromEntries(claimedHeaders.map((name) => [name, "admin"])),
  // Written from apps' documentation, independently of the program's own list.
  "Remote-User": "admin",
  "Remote-Groups": "admins",
  "X-Remote-User": "admin",
  "X-Forwarded-User": "admin",
  "X-Forwarded-Email": "admin@example.com",
  "X-Auth-Request-User": "admin",
  "X-Webauth-User": "admin",
  "X-Authentik-Username": "admin",
  "X-Ssl-Client-Dn": "CN=admin",
  "Tailscale-User-Login": "admin@example.com",
  "Client-Ip": "192.0.2.66",
  "X-Original-Url": "/admin",
  "X-Rewrite-Url": "/admin",
  "X-Http-Method-Override": "DELETE",
  "X-Forwarded-For": "192.0.2.66",
  "X-Real-Ip": "192.0.2.66",
  Forwarded: "for=192.0.2.66;proto=http;host=evil.test",
  "X-Forwarded-Host": "evil.test",
  "X-Forwarded-Proto": "http",
  "X-Forwarded-Port": "66",
  "X-Forwarded-Prefix": "/evil",
  X_Forwarded_For: "192.0.2.66",
  X_Auth_User: "admin",
  "X-Client-Ip": "192.0.2.66",
  "X-Cluster-Client-Ip": "192.0.2.66",
  "True-Client-Ip": "192.0.2.66",
  "Cf-Connecting-Ip": "192.0.2.66",
};
const forgery = Object.entries(forged).flatMap(([name, value]) => ["--header", `${name}: ${value}`]);

describe("a request that reaches the pod", function () {
  this.timeout(20 * 60_000);
  let socket: Conversation;
  let idleSince: number;
  let slow: ReturnType<typeof upload>;
  let big: ReturnType<typeof upload>;
  let events: ReturnType<typeof listen>;

  before("start all slow requests at once", async () => {
    await standingStack();
    await askUntil(`${photos}/get`, 200);
    socket = await converse("wss://photos.lab.test/websocket/echo");
    await socket.say("before");
    idleSince = Date.now();
    slow = upload("for part in $(seq 20); do printf '%01000d' $part; sleep 5; done");
    big = upload(
      `head -c ${gibibyte} /dev/zero | openssl enc -aes-128-ctr -nosalt -pass pass:lab 2>/dev/null`,
    );
    events = listen();
    // A failure before its own test starts must not end the run.
    void Promise.allSettled([slow, big, events]);
  });

  after(() => socket.close());

  it("carries the client's address, and the host, scheme and port it asked for", async () => {
    const { headers, url } = await seen("/get?a=1");
    expect(headers).to.deep.include({
      "X-Forwarded-For": [hosts.client.address],
      "X-Real-Ip": [hosts.client.address],
      Host: ["photos.lab.test"],
      "X-Forwarded-Host": ["photos.lab.test"],
      "X-Forwarded-Proto": ["https"],
      "X-Forwarded-Port": ["443"],
    });
    expect(url).to.equal(`${photos}/get?a=1`);
  });

  it("carries no forged header about its user, address, host, path or method", async () => {
    const honest = await seen("/headers");
    for (const version of ["--http1.1", "--http2"]) {
      const { headers } = await seen("/headers", version, ...forgery);
      expect(headers, version).to.deep.equal(honest.headers);
    }
    // A header that `Connection` names is meant for one hop: a proxy that obeys drops its own header.
    const hop = ["--header", `Connection: ${Object.keys(forged).join(", ")}`];
    const { headers } = await seen("/headers", "--http1.1", ...hop, ...forgery);
    expect(headers).to.deep.include({
      "X-Forwarded-For": [hosts.client.address],
      "X-Forwarded-Proto": ["https"],
    });
  });

  it("can use HTTP/2 or HTTP/1.1", async () => {
    expect(await printed("%{http_version}", `${photos}/get`)).to.equal("2");
    expect(await printed("%{http_version}", `${photos}/get`, "--http1.1")).to.equal("1.1");
  });

  it("can request a byte range", async () => {
    const range = ["--range", "100-103", "--write-out", "\n%{http_code} %header{content-range}"];
    const whole = await curl([`${photos}/range/1024`]);
    expect(await curl([...range, `${photos}/range/1024`])).to.equal(
      `${whole.slice(100, 104)}\n206 bytes 100-103/1024`,
    );
  });

  for (const character of ["%2F", "%5C", "%3B", "%25", "%3F", "%23", "%20", "%C3%A4"]) {
    it(`keeps ${character} in its path`, async () => {
      const { url } = await seen(`/anything/a${character}b`);
      expect(url).to.equal(`${photos}/anything/a${character}b`);
    });
  }

  it("can stream server-sent events: each arrives before the next is sent", async () => {
    const arrivals = await events;
    expect(arrivals).to.have.length(4);
    arrivals.slice(1).forEach(([sent], index) => {
      expect(arrivals[index]?.[1], `event ${index}`).to.be.below(sent);
    });
  });

  it("can upload for longer than 90 seconds", async () => {
    const { sent, received } = await slow;
    expect(received).to.equal(`20000 ${sent}`);
  });

  it("can upload a gibibyte unchanged", async () => {
    const { sent, received } = await big;
    expect(received).to.equal(`${gibibyte} ${sent}`);
  });

  it("can open a websocket that survives ten idle minutes", async () => {
    await sleep(Math.max(0, idleSince + tenMinutes - Date.now()));
    await socket.say("after");
  });

  describe("through a Traefik with other settings (the control)", () => {
    const staticConfig = "/etc/traefik/traefik.yaml";
    const otherRoute = "/etc/traefik/dynamic/other.yaml";

    before(async () => {
      const kept = await ssh("vps", `sudo cp ${staticConfig} /tmp/kept.yaml && cat ${staticConfig}`);
      await ssh("vps", `sudo tee ${staticConfig} >/dev/null`, { input: carelessEdge(kept) });
      await ssh("vps", `sudo tee ${otherRoute} >/dev/null && sudo systemctl restart traefik`, {
        input: await carelessRoute(),
      });
      await askUntil(`${photos}/get`, 200);
    });

    after(async () => {
      const restore = `sudo cp /tmp/kept.yaml ${staticConfig} && sudo rm -f ${otherRoute} /tmp/kept.yaml`;
      await ssh("vps", `${restore} && sudo systemctl restart traefik`);
      await askUntil(`${photos}/get`, 200);
    });

    it("carries forged headers and loses its host", async () => {
      const { headers } = await seen("/headers", ...forgery);
      expect(headers["X-Forwarded-For"]?.[0]).to.contain(forged["X-Forwarded-For"]);
      expect(headers["X-Forwarded-Proto"]).to.deep.equal(["http"]);
      expect(headers.Forwarded).to.deep.equal([forged.Forwarded]);
      expect(headers.Host).to.not.deep.equal(["photos.lab.test"]);
    });

    it("is refused for %2F in its path, and its byte range is ignored", async () => {
      expect(await statusOf(`${photos}/anything/a%2Fb`)).to.equal("400");
      expect(await statusOf(`${photos}/range/1024`, "--range", "100-103")).to.equal("200");
    });

    it("gets all events at once, after the last was sent", async () => {
      const arrivals = await listen();
      expect(arrivals[0]?.[1]).to.be.above(arrivals.at(-1)?.[0] ?? NaN);
    });

    it("is cut off during a slow upload", async () => {
      const { received } = await upload("for part in $(seq 4); do echo $part; sleep 5; done").catch(() => ({
        received: "nothing",
      }));
      expect(received).to.not.match(/^8 /);
    });
  });

  it("loses its websocket if the proxy restarts (the control)", async () => {
    const socket = await converse("wss://photos.lab.test/websocket/echo");
    await socket.say("before");
    await ssh("home", "sudo systemctl restart immich-proxy");
    const [outcome] = await Promise.allSettled([socket.say("after")]);
    expect(outcome.status).to.equal("rejected");
    await askUntil(`${photos}/get`, 200);
  });
});

/** The request as the pod reports it. */
async function seen(path: string, ...args: string[]): Promise<Seen> {
  return JSON.parse(await curl([...args, `${photos}${path}`])) as Seen;
}

/** Uploads the output of a shell command; returns its digests at the sender and at the receiver. */
async function upload(source: string): Promise<{ received: string; sent: string }> {
  const script = `set -o pipefail; ${source} | tee >(sha256sum >&2) |
    curl --silent --show-error --fail --cacert "$0" --upload-file - "$1"`;
  const [command, args] = insideNetwork("client", ["bash", "-c", script, acmeRoots, `${photos}/sha256`]);
  const { stdout, stderr } = await execa(command, args);
  return { received: stdout, sent: stderr.slice(0, stderr.indexOf(" ")) };
}

/** The times at which each of four events, five seconds apart, was sent and received; by the same clock. */
async function listen(): Promise<[sent: number, arrived: number][]> {
  const url = `${photos}/sse?count=4&duration=15s`;
  const [command, args] = insideNetwork("client", ["curl", "-sS", "--no-buffer", "--cacert", acmeRoots, url]);
  const times: [number, number][] = [];
  for await (const line of execa(command, args)) {
    const sent = /"timestamp":(\d+)/.exec(line)?.[1];
    if (sent !== undefined) times.push([Number(sent), Date.now()]);
  }
  return times;
}

/** Our static configuration without the settings that the tests above are about. */
function carelessEdge(text: string): string {
  const config = parseDocument(text);
  const websecure = ["entryPoints", "websecure"];
  config.setIn([...websecure, "transport", "respondingTimeouts", "readTimeout"], "5s");
  config.setIn([...websecure, "forwardedHeaders"], { insecure: true });
  config.setIn([...websecure, "http", "encodedCharacters", "allowEncodedSlash"], false);
  config.deleteIn([...websecure, "http", "middlewares"]);
  return String(config);
}

/** A route with precedence over the app's own that buffers, drops ranges and does not pass the client's host on. */
async function carelessRoute(): Promise<string> {
  const route = parse(await ssh("vps", "cat /etc/traefik/dynamic/photos.lab.test.yaml")) as Route;
  const servers = route.http.services["photos.lab.test"]?.loadBalancer.servers;
  return JSON.stringify({
    http: {
      routers: {
        other: {
          rule: "Host(`photos.lab.test`)",
          priority: 1000,
          service: "other",
          middlewares: ["other-buffer", "other-range"],
          tls: {},
        },
      },
      middlewares: {
        "other-buffer": { buffering: { maxRequestBodyBytes: gibibyte } },
        "other-range": { headers: { customRequestHeaders: { Range: "" } } },
      },
      services: { other: { loadBalancer: { passHostHeader: false, servers } } },
    },
  });
}
