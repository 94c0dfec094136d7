/**
 * The stack with many apps: the real program and the lab's real hosts, but more apps than a config can have, which
 * allows 21 proxy ports. They share one existing Service, so that the measurement covers the path to an app and not its
 * pods.
 *
 * As a module: starts that program. As a program: reads a `ManyApps` on stdin, writes the changes on stdout.
 */
import * as pulumi from "@pulumi/pulumi";
import type { OpMap } from "@pulumi/pulumi/automation/index.js";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { AppSpec } from "../../config/index.ts";
import { buildStack } from "../../program.ts";
import { readSettings } from "../../program/settings.ts";
import { runInNetwork } from "../../lab/run.ts";
import { operate } from "../../lab/stack.ts";

export interface ManyApps {
  operation: "up" | "preview";
  /** The number of apps; 0 leaves only the platform. */
  apps: number;
}

/** The Service of all apps. */
export const sharedService = { namespace: "bench", name: "bench", port: 80, scheme: "http" } as const;

const self = fileURLToPath(import.meta.url);
/** Above all ports that Kubernetes or a user would choose. */
const firstPort = 20_000;

/** Runs one operation in a separate process and returns the number of resources by step. */
export async function runManyApps(request: ManyApps): Promise<OpMap> {
  const output = await runInNetwork("laptop", [process.execPath, self], { input: JSON.stringify(request) });
  return JSON.parse(output) as OpMap;
}

function manyApps(count: number, domain: string): AppSpec[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `bench-${index + 1}`;
    const host = `${name}.${domain}`;
    return {
      ...{ name, domain, host, hosts: [host], internet: true, proxy: true, proxyPort: firstPort + index },
      ...{
        service: sharedService,
        hostNetwork: false,
        healthPath: "/get",
        hsts: false,
        middlewares: [],
        cdn: false,
      },
      ...{ allowFrom: [], basicAuth: false, notices: [], nextSteps: [] },
      safety: {
        ...{ internet: true, hsts: false, login: true, edgeLogin: false },
        ...{ seatIsFree: false, uploads: false, cdn: false },
      },
    };
  });
}

if (process.argv[1] === self) {
  const { operation, apps } = JSON.parse(await text(process.stdin)) as ManyApps;
  const program = () => {
    const config = new pulumi.Config("mynodeone");
    const settings = readSettings(config);
    return buildStack({ ...settings, apps: manyApps(apps, settings.platform.domain) }, config);
  };
  const { changes } = await operate({ operation }, (output) => process.stderr.write(output), program);
  process.stdout.write(JSON.stringify(changes));
}
