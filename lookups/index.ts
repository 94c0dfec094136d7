export { lookUp } from "./lookUp.ts";
export type { Found } from "./lookUp.ts";
export type { ClusterFacts } from "./cluster.ts";
export type { Located } from "./hosts.ts";
export type { PolicyPlan } from "./tailnetPolicy/plan.ts";
