import { runInNetwork } from "../../lab/run.ts";
import { tailnetAddresses } from "../../lab/tailnet.ts";
import type { Measurement } from "./measurement.ts";

/** Sends requests over new connections, this many at a time, and prints the seconds until the first byte of each. */
const client = `
const net = require("node:net");
const [address, port, count, width] = process.argv.slice(1);
const ask = () => new Promise((done, failed) => {
  const begun = performance.now();
  let first;
  const one = net.connect(Number(port), address);
  one.on("connect", () => one.write("GET /get HTTP/1.1\\r\\nHost: bench\\r\\nConnection: close\\r\\n\\r\\n"));
  one.on("data", () => (first ??= performance.now() - begun));
  one.on("error", failed);
  one.on("close", () => (first === undefined ? failed(new Error("no answer")) : done(first / 1000)));
});
(async () => {
  const seen = [];
  let left = Number(count);
  const askOn = async () => {
    while (left-- > 0) seen.push(await ask());
  };
  await Promise.all(Array.from({ length: Number(width) }, askOn));
  console.log(JSON.stringify(seen));
})();
`;

const port = 8080;

/** A proxy's share of a visitor's waiting time if Traefik has no open connection to the app yet. */
export const proxyConnections: Measurement<"proxy-alone" | "proxy-among-32"> = {
  name: "proxy",
  figures: {
    "proxy-alone": "from a new connection to a proxy at home until the app's first byte, median of 64",
    "proxy-among-32": "the same while 32 clients do so at a time, median of 320",
  },
  runs: 3,
  needsLab: true,
  run: async () => ({
    "proxy-alone": await firstByte(64, 1),
    "proxy-among-32": await firstByte(320, 32),
  }),
};

async function firstByte(count: number, width: number): Promise<number> {
  const { ipv4 } = await tailnetAddresses("home");
  const argv = [process.execPath, "-e", client, ipv4, String(port), String(count), String(width)];
  const seconds = JSON.parse(await runInNetwork("home", argv)) as number[];
  return seconds.sort((a, b) => a - b)[Math.floor(seconds.length / 2)] ?? Number.NaN;
}
