export { describeTopology } from "./topology.ts";
export type { AppFacts, Hop, PlatformFacts, Topology, TopologyApp, TopologyHost } from "./topology.ts";
