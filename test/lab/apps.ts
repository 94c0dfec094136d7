/** Apps that tests add to the stack. */
import { declaredApps, type AppOptions } from "../../lab/stackConfig.ts";

export const standInChart = { name: "./lab/charts/stand-in" };

/** Immich's Service, which the lab's own stack makes: other apps can lead there too, without a chart of their own. */
export const immichService = { namespace: "immich", name: "immich-server" };

/** An app with every hop, on the internet: release and namespace, proxy, record and route. */
export function standInApp(name: string, proxyPort: number): AppOptions {
  return { internet: true, proxyPort, chart: standInChart, service: { namespace: name, name, port: 80 } };
}

/** The declared apps and these, each on the internet and with Immich's Service, unless its options say otherwise. */
export function publishedApps(options: Record<string, AppOptions>): Record<string, AppOptions> {
  const published = Object.entries(options).map(
    // What leads to Immich's Service is Immich to the safety rules.
    ([name, one]) => [name, { internet: true, adminClaimed: true, service: immichService, ...one }] as const,
  );
  return { ...declaredApps(), ...Object.fromEntries(published) };
}

/** Users for basicAuth: the line is what `htpasswd -nBC 10 NAME` prints. */
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
