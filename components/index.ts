export { ControlPlane, type ControlPlaneArgs } from "./controlPlane/controlPlane.ts";
export { DnsRecord, type DnsRecordArgs } from "./dns/dnsRecord.ts";
export { EdgeNode, type AcmeArgs, type EdgeNodeArgs } from "./edge/edgeNode.ts";
export type { Exposure } from "./app/exposure.ts";
export { HostCheck, type HostCheckArgs } from "./hostCheck/hostCheck.ts";
export { HybridApp, type HybridAppArgs } from "./app/hybridApp.ts";
export type { SshArgs } from "./host/connection.ts";
export type { RemoteScript, RemoteScriptArgs } from "./host/remoteScript.ts";
export type { Transform } from "./inputs/transform.ts";
export { SocatProxy, type ServiceArgs, type SocatProxyArgs } from "./proxy/socatProxy.ts";
export {
  describeTopology,
  type Hop,
  type Topology,
  type TopologyApp,
  type TopologyHost,
} from "../exposure/topology.ts";
export { TailnetPolicy, type TailnetPolicyArgs } from "./tailnetPolicy/tailnetPolicy.ts";
export { VpsRoute, type VpsRouteArgs } from "./route/vpsRoute.ts";
