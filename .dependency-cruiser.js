/*
 * Which folders may import which: see docs/architecture.md. Type-only imports count, too.
 * https://github.com/sverweij/dependency-cruiser/blob/main/doc/rules-reference.md
 */

const base = ["cluster", "host", "inputs", "state"];
/** Folders of `components/`, and others that each may import. */
const componentFolders = {
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

/** Folders of the product, and others that each may import. */
const folders = {
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

const product = Object.keys(folders).join("|");
/** The files that the rules below know. */
const known = [
  `^components/((index|names)\\.ts$|(${Object.keys(componentFolders).join("|")})/)`,
  `^(${product.replace("components|", "")}|test)/`,
  "^(index|program)\\.ts$",
  "^(eslint\\.config|\\.dependency-cruiser)\\.js$",
];

export default {
  forbidden: [
    {
      name: "no-circular-import",
      comment: "Files that import each other are one file, or need a third one.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "only-known-files-import",
      comment: "A new folder, or a file outside all folders, needs a line in this file.",
      severity: "error",
      from: { pathNot: ["^(node_modules|dist)/", ...known] },
      to: {},
    },
    {
      name: "only-known-files-are-imported",
      severity: "error",
      from: {},
      to: { pathNot: known, dependencyTypes: ["local"] },
    },
    {
      name: "index-is-what-pulumi-runs",
      comment: "As the lab and tests do. Others import program.ts.",
      severity: "error",
      from: { pathNot: "^(lab|test)/" },
      to: { path: "^index\\.ts$" },
    },
    {
      name: "index-imports-the-program",
      severity: "error",
      from: { path: "^index\\.ts$" },
      to: { pathNot: "^program\\.ts$" },
    },
    {
      name: "names-import-nothing",
      severity: "error",
      from: { path: "^components/names\\.ts$" },
      to: {},
    },
    ...Object.entries(folders).map(([folder, others]) => ({
      name: `${folder}-imports-what-is-below-it`,
      severity: "error",
      from: { path: `^${folder}[/.]` },
      to: { path: `^(${product}|test)[/.]`, pathNot: `^(${[folder, ...others].join("|")})[/.]` },
    })),
    ...Object.entries(componentFolders).map(([folder, others]) => ({
      name: `components-${folder}-imports-what-is-below-it`,
      severity: "error",
      from: { path: `^components/${folder}/` },
      to: {
        path: "^components/",
        pathNot: `^components/(names\\.ts|(${[folder, ...others].join("|")})/)`,
      },
    })),
    {
      name: "program-imports-index-files",
      comment: "A folder exports its interface in its index.ts.",
      severity: "error",
      from: { path: "^program[/.]" },
      to: { path: "^(components|config|lookups|exposure)/", pathNot: "^[a-z]+/index\\.ts$" },
    },
    {
      name: "engine-internals-in-one-folder",
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
    doNotFollow: { path: "^(node_modules|dist)/" },
    // Imports the package by its name, as a user does, and so a `dist` that may exist or not.
    exclude: { path: "^test/package/composed/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
