import type { Container, Facts, Probe, Workload } from "./factsFile.ts";

/** Kubernetes' own types, as far as the facts need them. */
interface Manifest {
  kind: string;
  metadata: { name: string; annotations?: Record<string, string> };
  spec?: {
    clusterIP?: string;
    ports?: { port: number; targetPort?: string | number }[];
    strategy?: { type?: string };
    updateStrategy?: { type?: string };
    template?: { spec: PodSpec };
    volumeClaimTemplates?: { metadata: { name: string } }[];
  };
}

interface PodSpec {
  containers: ContainerSpec[];
  initContainers?: ContainerSpec[];
  volumes?: { persistentVolumeClaim?: { claimName: string } }[];
}

interface ContainerSpec {
  name: string;
  image: string;
  resources?: { requests?: { memory?: string }; limits?: { memory?: string } };
  startupProbe?: ProbeSpec;
  readinessProbe?: ProbeSpec;
  livenessProbe?: ProbeSpec;
}

interface ProbeSpec {
  httpGet?: { path: string; port: string | number };
  tcpSocket?: { port: string | number };
  exec?: { command: string[] };
  timeoutSeconds?: number;
  periodSeconds?: number;
  failureThreshold?: number;
}

const workloadKinds = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"] as const;

/** The Services and workloads among a chart's objects, without those that only `helm test` creates. */
export function readManifests(manifests: readonly unknown[]): Pick<Facts, "services" | "workloads"> {
  const objects = (manifests as Manifest[]).filter(
    ({ metadata }) => metadata.annotations?.["helm.sh/hook"]?.startsWith("test") !== true,
  );
  return {
    services: objects
      .filter(({ kind }) => kind === "Service")
      .map(({ metadata: { name }, spec }) => ({
        name,
        ...(spec?.clusterIP === "None" ? { headless: true as const } : {}),
        ports: (spec?.ports ?? []).map(({ port, targetPort }) => ({ port, targetPort: targetPort ?? port })),
      })),
    workloads: objects.flatMap((object) =>
      workloadKinds.filter((kind) => kind === object.kind).map((kind) => workloadOf(kind, object)),
    ),
  };
}

function workloadOf(kind: Workload["kind"], { metadata, spec }: Manifest): Workload {
  const pod = spec?.template?.spec;
  const strategy = spec?.strategy?.type ?? spec?.updateStrategy?.type;
  return {
    kind,
    name: metadata.name,
    ...(strategy === undefined ? {} : { strategy }),
    claims: [
      ...(pod?.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => claim?.claimName ?? []),
      ...(spec?.volumeClaimTemplates ?? []).map((template) => template.metadata.name),
    ],
    containers: [
      ...(pod?.initContainers ?? []).map((container) => ({ ...containerOf(container), init: true as const })),
      ...(pod?.containers ?? []).map(containerOf),
    ],
  };
}

function containerOf({ name, image, resources, ...rest }: ContainerSpec): Container {
  const { startupProbe: startup, readinessProbe: readiness, livenessProbe: liveness } = rest;
  const probes = Object.entries({ startup, readiness, liveness }).flatMap(([kind, probe]) =>
    probe ? [[kind, probeOf(probe)] as const] : [],
  );
  return {
    name,
    image: image.replace(/@sha256:\w+$/, ""),
    memory: { request: resources?.requests?.memory, limit: resources?.limits?.memory },
    ...(probes.length === 0 ? {} : { probes: Object.fromEntries(probes) }),
  };
}

/** Kubernetes' defaults for a probe: https://kubernetes.io/docs/concepts/workloads/pods/probes/ */
function probeOf({
  timeoutSeconds = 1,
  periodSeconds = 10,
  failureThreshold = 3,
  ...probe
}: ProbeSpec): Probe {
  const { httpGet, tcpSocket, exec } = probe;
  const asks = httpGet
    ? `http ${httpGet.port}${httpGet.path}`
    : tcpSocket
      ? `tcp ${tcpSocket.port}`
      : (exec?.command ?? []).join(" ");
  return { asks, timeoutSeconds, periodSeconds, failureThreshold };
}
