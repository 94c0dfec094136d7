/** Apps that tests add to the stack. */
import { declaredApps, type AppOptions } from "../../lab/stackConfig.ts";

export const standInChart = { name: "./lab/charts/stand-in" };

/** Immich's Service in the lab's own stack, which other apps can use without a chart. */
export const immichService = { namespace: "immich", name: "immich-server" };

/** An app with every hop, on the internet: release and namespace, proxy, record and route. */
export function standInApp(name: string, proxyPort: number): AppOptions {
  return { internet: true, proxyPort, chart: standInChart, service: { namespace: name, name, port: 80 } };
}

/** The declared apps and these, each on the internet and with Immich's Service by default. */
export function publishedApps(options: Record<string, AppOptions>): Record<string, AppOptions> {
  const published = Object.entries(options).map(
    // The safety rules treat every app with Immich's Service as Immich.
    ([name, one]) => [name, { internet: true, adminClaimed: true, service: immichService, ...one }] as const,
  );
  return { ...declaredApps(), ...Object.fromEntries(published) };
}

/** Users for basicAuth, as printed by `htpasswd -nBC 10 NAME`. */
export const users = {
  ann: {
    login: "ann:correct horse",
    line: "ann:$2b$10$HzrsLI2FYG9xExezw6vgluadNoEAa9wOH0dQjGVdHEB/3MQMFiram",
  },
  bob: {
    login: "bob:battery staple",
    line: "bob:$2b$10$r.ZesR59LnwoqTj6CN9XJ.IVYC06QV2YSLjpSLkU3nbypUHa.j5mK",
  },
} as const;
