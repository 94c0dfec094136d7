import type * as pulumi from "@pulumi/pulumi";
import { HybridApp } from "../components/index.ts";
import type { HybridAppArgs } from "../components/index.ts";
import { hasEdgeLogin, withTailnetAddress } from "../config/index.ts";
import type { AppSpec, SafetyFacts, Settings } from "../config/index.ts";
import type { Found } from "../lookups/index.ts";

/** The platform of the apps. */
export interface AppsArgs extends Pick<HybridAppArgs, "controlPlane" | "edges" | "cluster"> {
  settings: Settings;
  found: Found;
  /** The stack's config, for its secrets. */
  config: pulumi.Config;
}

/** An app of the config, and its component. */
export interface MadeApp {
  spec: AppSpec;
  app: HybridApp;
}

/** One `HybridApp` per app. */
export function makeApps(args: AppsArgs, opts: pulumi.ComponentResourceOptions): MadeApp[] {
  const { found, config, controlPlane, edges, cluster } = args;
  const { apps } = args.settings;
  const users = apps.some(({ basicAuth }) => basicAuth) ? config.requireSecret("basicAuthUsers") : undefined;
  return apps.map((spec) => {
    const { name, basicAuth, release, service, proxyPort, hostNetwork, internet, hosts } = spec;
    const { cdn, hsts, allowFrom, rateLimit, requestsInFlight, middlewares } = spec;
    const app = new HybridApp(
      name,
      {
        controlPlane,
        edges,
        cluster,
        service,
        release: release && withTailnetAddress(release, found.controlPlane.tailnetIp),
        proxyPort,
        hostNetwork,
        internet,
        hosts,
        zoneId: found.zoneId,
        cdn,
        hsts,
        allowFrom,
        rateLimit,
        requestsInFlight,
        middlewares,
        basicAuthUsers: basicAuth ? users : undefined,
      },
      opts,
    );
    return { spec, app };
  });
}

/** An app's safety facts. A login at the edge counts only if the app is made with it, whatever `safety` of its spec says. */
export function safetyAsMade(spec: AppSpec): SafetyFacts {
  return { ...spec.safety, edgeLogin: hasEdgeLogin(spec, spec.domain) };
}
