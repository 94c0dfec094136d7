import type { AppOptions } from "../../lab/stackConfig.ts";

/** A Service that is in every cluster, for the tailnet alone. */
export const clusterApi: AppOptions = {
  proxyPort: 8091,
  service: { namespace: "default", name: "kubernetes", port: 443 },
};

/** With every hop: release and namespace, proxy, record and route. */
export const page: AppOptions = {
  internet: true,
  proxyPort: 8090,
  chart: { name: "./lab/charts/stand-in" },
  service: { namespace: "page", name: "page", port: 80 },
};

/** Few resources, of every kind that there is. */
export const smallStack = { api: clusterApi, page };
