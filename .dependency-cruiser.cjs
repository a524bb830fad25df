const { areas, commandLine, forbiddenAreas, pureFolders, restrictedLibraries, stages } = require("./import-rules.cjs");

const start = (paths) => `^(${paths.map((path) => path.replaceAll(".", "\\.")).join("|")})`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.keys(areas).map((area) => ({
      name: `${area}-imports`,
      severity: "error",
      comment: `what ${area}/ may import is defined in import-rules.cjs`,
      from: { path: `^${area}/` },
      to: { path: start(forbiddenAreas(area).map((other) => `${other}/`)) },
    })),
    {
      name: "rules-know-standards-only",
      severity: "error",
      from: { path: "^policypacks/" },
      to: { path: "^components/", pathNot: "^components/standards/" },
    },
    ...stages.map((stage) => ({
      name: `stage-${stage}-knows-no-other`,
      severity: "error",
      comment: "automation/control-plane.ts wires the stages",
      from: { path: `^automation/${stage}/` },
      to: { path: start(stages.filter((other) => other !== stage).map((other) => `automation/${other}/`)) },
    })),
    ...Object.entries(pureFolders).map(([folder, files]) => ({
      name: `${folder}-is-pure`,
      severity: "error",
      comment: `automation/${folder}/ computes from what it is given; import-rules.cjs says what it may import`,
      from: { path: `^automation/${folder}/` },
      to: {
        path: "^(automation|components|policypacks|stacks)/",
        pathNot: start([
          `automation/${folder}/`,
          "components/standards/",
          ...files.map((file) => `automation/${file}.ts`),
        ]),
        dependencyTypesNot: ["type-only"],
      },
    })),
    {
      name: "command-line-uses-control-plane",
      severity: "error",
      comment: commandLine.why,
      from: { path: start([commandLine.folder]) },
      to: {
        path: start([
          ...commandLine.forbiddenStages.map((stage) => `automation/${stage}/`),
          ...commandLine.forbiddenFiles.map((file) => `automation/${file}`),
        ]),
        pathNot: start(commandLine.pure.map((file) => `automation/${file}.ts`)),
        dependencyTypesNot: ["type-only"],
      },
    },
    ...restrictedLibraries.map(({ library, files, why }) => ({
      name: `restricted-${library.replaceAll(/\W+/g, "-")}`,
      severity: "error",
      comment: why,
      from: { pathNot: start([...files, "test/"]) },
      to: {
        path: `(^|node_modules/)${library}${library.endsWith("/") ? "" : "(/|$)"}`,
        dependencyTypesNot: ["type-only"],
      },
    })),
    {
      name: "aws-by-service",
      severity: "error",
      comment: "import @pulumi/aws/rds: the index loads 243 services, and the types of all of them are checked",
      from: {},
      to: { path: "node_modules/@pulumi/aws/index\\." },
    },
    {
      name: "product-needs-no-cloud",
      severity: "error",
      comment: "the unit tests of the product run without the embedded cloud, which is a separate package",
      from: {
        path: "^test/(automation|components|policypacks)/.*\\.test\\.ts$",
        pathNot: "\\.(cloud|engine)\\.test\\.ts$",
      },
      to: { path: "^localcloud/", reachable: true },
    },
    {
      name: "no-cycle",
      severity: "error",
      comment: "no import cycles at run time",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-cycle-of-types",
      severity: "error",
      comment:
        "in the embedded cloud's server alone: its parts reach each other through the type of cloud.ts, which has them all",
      from: { pathNot: "^localcloud/server/" },
      to: { circular: true },
    },
    {
      name: "not-resolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(localcloud/)?(dist|coverage|\\.shipshape)/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: "specify",
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
