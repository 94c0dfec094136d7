import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { catalogue } from "../../../../apps/index.ts";
import { contextOf, ways } from "../../../../tools/catalogue/contexts.ts";
import { readFacts, type Container, type Facts } from "../../../../tools/catalogue/factsFile.ts";
import { leavesOf, pathText } from "../../../../tools/catalogue/leaves.ts";
import { projectRoot } from "../../../../lab/paths.ts";

const apps = Object.entries(catalogue);
const facts = readFacts();

/**
 * Values without effect on the current objects that keep them apart from a user's additions: a second volume or Service
 * would rename the first, and a second container would get each volume.
 */
const insurance = /^global\.alwaysAppendIdentifierToResourceName$|\.advancedMounts\./;

describe("the recorded facts about the catalogue's charts", () => {
  it("exist for each app of the catalogue, and for no other", () => {
    expect(Object.keys(facts)).to.have.members(Object.keys(catalogue));
  });

  for (const [name, definition] of apps) {
    describe(`of ${name}`, () => {
      const known = facts[name] as Facts;
      const containers = known.workloads.flatMap((workload) => workload.containers);

      it("are of the chart version that the catalogue pins", () => {
        expect(known.chart.name).to.equal(definition.chart.name);
        expect((known.standsFor ?? known.chart).version).to.equal(definition.chart.version);
      });

      it("have the catalogue's Service and port, and the Service is not headless", () => {
        const service = known.services.find((one) => one.name === definition.service.name);
        expect(service?.ports.map(({ port }) => port)).to.include(definition.service.port);
        expect(service).not.to.have.property("headless");
      });

      it("contain the effect of each of the catalogue's values, and each has one", () => {
        const values = ways.map((way) => definition.values(contextOf(name, way)));
        const paths = new Set(values.flatMap((one) => leavesOf(one)).map(([path]) => pathText(path)));
        expect(Object.keys(known.values)).to.have.members([...paths]);
        const idle = Object.keys(known.values).filter((path) => known.values[path] === "nothing");
        expect(idle.filter((path) => !insurance.test(path))).to.be.empty;
      });

      it("contain the image of each tag that the catalogue sets", () => {
        const values = leavesOf(definition.values(contextOf(name, "internet")));
        const tags = values.filter(([path]) => path.at(-1) === "tag").map(([, tag]) => String(tag));
        expect(tags).not.to.be.empty;
        const images = containers.map(({ image }) => image);
        for (const tag of tags)
          expect(
            images.some((image) => image.includes(`:${tag}`)),
            tag,
          ).to.equal(true);
      });

      it("give each container memory, and a limit that is at least as high", () => {
        for (const { name: container, memory } of containers) {
          const [request, limit] = [bytes(memory.request), bytes(memory.limit)];
          expect(request, container).to.be.above(0);
          expect(limit, container).to.be.at.least(request);
        }
      });

      it("give each probe five seconds or more", () => {
        for (const [probe, { timeoutSeconds }] of containers.flatMap(probesOf))
          expect(timeoutSeconds, probe).to.be.at.least(5);
      });

      it("show that a pod with a volume stops before the next one starts", () => {
        const deployments = known.workloads.filter(
          ({ kind, claims }) => kind === "Deployment" && claims.length > 0,
        );
        for (const { name: deployment, strategy } of deployments)
          expect(strategy, deployment).to.equal("Recreate");
      });
    });
  }
});

describe("the lab's stand-in chart", () => {
  const file = join(projectRoot, "lab/charts/stand-in/values.yaml");
  const { standIn } = parse(readFileSync(file, "utf8")) as { standIn: { apps: Record<string, StandIn> } };

  for (const [name] of apps)
    it(`creates the same Service for ${name} as its own chart`, () => {
      const { serviceName = name, targetPort } = standIn.apps[name] ?? {};
      const service = facts[name]?.services.find((one) => one.name === serviceName);
      const ports = service?.ports.map((one) => one.targetPort) ?? [];
      // A chart may use the name of the container's port.
      expect(ports).to.satisfy((all: unknown[]) =>
        all.some((port) => port === targetPort || port === "http"),
      );
    });
});

interface StandIn {
  serviceName?: string;
  targetPort?: number;
}

function probesOf({ name, probes = {} }: Container) {
  return Object.entries(probes).map(([kind, probe]) => [`${name}: ${kind}`, probe] as const);
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
function bytes(quantity = "0"): number {
  const [, digits, unit = ""] = /^(\d+)(Mi|Gi)?$/.exec(quantity) ?? [];
  return Number(digits) * { "": 1, Mi: 2 ** 20, Gi: 2 ** 30 }[unit as "" | "Mi" | "Gi"];
}
