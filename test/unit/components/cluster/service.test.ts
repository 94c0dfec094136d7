import { expect } from "chai";
import { checkService } from "../../../../components/cluster/service.ts";
import { startClusterApi, type ClusterApi } from "./clusterApi.ts";

/** Services by name: the spec, the ports at which a proxy reaches it, and the error for other ports. */
const services: Record<string, { spec: object; good: number[]; bad: Record<number, string> }> = {
  ordinary: {
    spec: { clusterIP: "10.43.0.9", ipFamilies: ["IPv4"], ports: [{ port: 80, targetPort: 8080 }] },
    good: [80],
    bad: { 8080: "has no port 8080 (available: 80). Set service.port to one of them." },
  },
  "dual-stack": {
    spec: {
      clusterIP: "2001:db8::9",
      ipFamilies: ["IPv6", "IPv4"],
      ports: [{ port: 80, targetPort: "http" }],
    },
    good: [80],
    bad: {},
  },
  headless: {
    spec: {
      clusterIP: "None",
      ports: [{ port: 80, targetPort: 8080 }, { port: 81, targetPort: 81 }, { port: 82 }],
    },
    good: [8080, 81, 82],
    bad: {
      80: "is headless, so its name resolves to the pods themselves. Set service.port to their port, 8080.",
    },
  },
  "headless-named": {
    spec: { clusterIP: "None", ports: [{ port: 80, targetPort: "http" }] },
    good: [],
    bad: {
      80: 'is headless, so its name resolves to the pods themselves, but their port is given only by name, "http".',
    },
  },
  udp: {
    spec: {
      clusterIP: "10.43.0.9",
      ports: [
        { port: 53, protocol: "UDP" },
        { port: 80, protocol: "TCP" },
      ],
    },
    good: [80],
    bad: { 53: "has port 53 for UDP, but proxies carry only TCP." },
  },
  elsewhere: {
    spec: { type: "ExternalName", externalName: "nas.lan", ports: [{ port: 80 }] },
    good: [],
    bad: { 80: "is of type ExternalName (nas.lan)" },
  },
  "ipv6-only": {
    spec: { clusterIP: "2001:db8::9", ipFamilies: ["IPv6"], ports: [{ port: 80 }] },
    good: [],
    bad: { 80: "has only IPv6 addresses" },
  },
};

describe("a Service that a proxy is to reach", () => {
  let api: ClusterApi;

  before(async () => {
    const specs = Object.entries(services).map(([name, { spec }]) => [name, { spec }]);
    api = await startClusterApi({
      services: { apps: Object.fromEntries(specs) as Record<string, Record<string, unknown>> },
    });
  });
  after(() => api.stop());

  const ask = (name: string, port: number) =>
    checkService(api.kubeconfig, { namespace: "apps", name, port }).then(
      () => "",
      (error: unknown) => (error as Error).message,
    );

  for (const [name, { good, bad }] of Object.entries(services)) {
    it(`is judged by its kind and its port: ${name}`, async () => {
      for (const port of good) expect(await ask(name, port), String(port)).to.equal("");
      for (const [port, reads] of Object.entries(bad)) {
        expect(await ask(name, Number(port))).to.contain(`"apps/${name}" ${reads}`);
      }
    });
  }
});
