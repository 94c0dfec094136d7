/**
 * A TCP connect scan from anywhere in the lab. As a program, it scans from its own network: its argument and its output
 * are JSON objects. As a module, it starts that program in a host's or a pod's network.
 */
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { ctr } from "../../lab/cluster/run.ts";
import { inCluster } from "../../lab/cluster/index.ts";
import { poll } from "../../lab/poll.ts";
import { insideNetwork, run, type HostName } from "../../lab/run.ts";

interface Targets {
  addresses: readonly string[];
  ports: readonly number[];
}

/** The sorted open ports, by address. */
export type Findings = Record<string, number[]>;

const self = fileURLToPath(import.meta.url);
/** The time-out for ports whose packets a firewall drops; all ports are tried at the same time. */
const patienceMilliseconds = 4000;

/**
 * The ports that are open from a host.
 *
 * @param user id of the user who connects; root by default
 */
export function scan(from: HostName, addresses: readonly string[], ports: readonly number[], user?: number) {
  const as = user === undefined ? [] : ["setpriv", `--reuid=${user}`, "--clear-groups", "--"];
  return scanBy(insideNetwork(from, [...as, process.execPath, self, JSON.stringify({ addresses, ports })]));
}

/**
 * The ports that are open from the first pod of a namespace. Its image has no shell, so the scan enters its network
 * from outside.
 */
export async function scanFromPod(namespace: string, addresses: readonly string[], ports: readonly number[]) {
  const network = `--net=/proc/${await podProcess(namespace)}/ns/net`;
  return scanBy(["nsenter", [network, process.execPath, self, JSON.stringify({ addresses, ports })]]);
}

async function scanBy([command, args]: [string, string[]]): Promise<Findings> {
  return JSON.parse(await run(command, args)) as Findings;
}

/** After a reboot of the host, a pod is listed as running before it has a process. */
async function podProcess(namespace: string): Promise<string> {
  return poll(() => findPodProcess(namespace), { what: `a pod in ${namespace} to run`, timeout: 120_000 });
}

async function findPodProcess(namespace: string): Promise<string> {
  const which = ["--namespace", namespace, "--output", "jsonpath={.items[0].status.podIP}"];
  const address = await inCluster(["get", "pods", "--field-selector=status.phase=Running", ...which]);
  const tasks = (await ctr("tasks", "list")).split("\n").slice(1);
  for (const pid of tasks.map((line) => line.trim().split(/\s+/)[1]).filter((field) => field !== undefined)) {
    const own = await run("nsenter", [`--net=/proc/${pid}/ns/net`, "ip", "-4", "-oneline", "address"]);
    if (own.includes(` ${address}/`)) return pid;
  }
  throw new Error(`${address || "no address"} is the address of none of ${tasks.length} tasks`);
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: patienceMilliseconds });
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.on("connect", () => {
      end(true);
    });
    socket.on("timeout", () => {
      // If this program was not scheduled for a while, an answer may have arrived: it is handled before this callback.
      setImmediate(end, false);
    });
    socket.on("error", () => {
      end(false);
    });
  });
}

if (process.argv[1] === self) {
  const { addresses, ports } = JSON.parse(process.argv[2] ?? "") as Targets;
  const findings: Findings = {};
  await Promise.all(
    addresses.map(async (address) => {
      const open = await Promise.all(ports.map((port) => answers(address, port)));
      findings[address] = ports.filter((_, index) => open[index]);
    }),
  );
  process.stdout.write(JSON.stringify(findings));
}
