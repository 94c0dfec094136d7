/*
 * The rooms of docs/architecture.md, and which of them may import which. Types count like code.
 * https://github.com/sverweij/dependency-cruiser/blob/main/doc/rules-reference.md
 */

/** The public components' rooms, and the rooms of `components/` that each may import beside its own. */
const base = ["cluster", "host", "inputs", "state"];
const componentRooms = {
  inputs: [],
  state: ["inputs"],
  host: ["inputs", "state"],
  cluster: ["inputs", "state"],
  dns: base,
  edge: base,
  controlPlane: base,
  tailnetPolicy: base,
  hostCheck: [...base, "edge"],
  proxy: [...base, "controlPlane", "edge"],
  route: [...base, "edge", "proxy"],
  app: [...base, "controlPlane", "dns", "edge", "proxy", "route"],
};

/** The rooms of the project, and those that each may import beside its own. */
const rooms = {
  apps: [],
  components: [],
  config: ["apps", "components"],
  lookups: ["components", "config"],
  exposure: ["components"],
  program: ["components", "config", "lookups", "exposure"],
  policy: ["apps", "components", "config", "exposure"],
  cli: ["apps", "components", "config", "exposure", "program"],
  tools: ["apps", "components", "config", "lab"],
  lab: ["exposure"],
};

const product = Object.keys(rooms).join("|");

export default {
  forbidden: [
    {
      name: "no-circle",
      comment: "Files that import each other are one file, or need a third one.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    ...Object.entries(rooms).map(([room, others]) => ({
      name: `${room}-imports-what-is-below-it`,
      severity: "error",
      from: { path: `^${room}[/.]` },
      to: { path: `^(${product}|test)[/.]`, pathNot: `^(${[room, ...others].join("|")})[/.]` },
    })),
    ...Object.entries(componentRooms).map(([room, others]) => ({
      name: `components-${room}-imports-what-is-below-it`,
      severity: "error",
      from: { path: `^components/${room}/` },
      to: {
        path: "^components/",
        pathNot: `^components/(names\\.ts|(${[room, ...others].join("|")})/)`,
      },
    })),
    {
      name: "program-comes-in-by-the-doors",
      comment: "What a room offers, its index.ts exports.",
      severity: "error",
      from: { path: "^program[/.]" },
      to: { path: "^(components|config|lookups|exposure)/", pathNot: "^[a-z]+/index\\.ts$" },
    },
    {
      name: "engine-internals-behind-one-door",
      comment: "What rests on Pulumi's internals has one place to be checked when the SDK changes.",
      severity: "error",
      from: { path: "^[a-z]", pathNot: "^(components/state|test)/" },
      to: { path: "^components/state/", pathNot: "^components/state/index\\.ts$" },
    },
    {
      name: "config-is-pure",
      comment: "A config is read and checked without an engine: in an editor, in a commit hook.",
      severity: "error",
      from: { path: "^(config|apps)/" },
      to: { path: "^node_modules/(@pulumi|@kubernetes)/", reachable: true },
    },
    {
      name: "one-option-alone",
      comment: "Kinds and fields know nothing of the rules between options, nor these of the file.",
      severity: "error",
      from: { path: "^config/schema/" },
      to: { path: "^config/(rules|file|reference)/" },
    },
    {
      name: "rules-without-a-file",
      severity: "error",
      from: { path: "^config/rules/" },
      to: { path: "^config/(file|reference)/" },
    },
    {
      name: "declared-packages",
      comment: "Tests of the lab use the lab's own packages.",
      severity: "error",
      from: { pathNot: "^test/" },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown", "unknown", "undetermined"] },
    },
    {
      name: "product-needs-no-tool-of-development",
      severity: "error",
      from: { path: "^(apps|components|config|lookups|exposure|program|cli|index)[/.]" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    // policy/ has a package.json of its own, as Pulumi asks for, and its packages are the root's.
    combinedDependencies: true,
    doNotFollow: { path: "^node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
