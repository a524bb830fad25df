const tseslint = require("typescript-eslint");

/** The houses of this repository, and what each may import of the others: the law of docs/architecture.md. */
const law = {
  components: [],
  policypacks: ["components"],
  stacks: ["components"],
  automation: ["stacks", "components", "policypacks"],
  localcloud: [],
  demo: ["automation", "stacks", "components"],
};
const houses = Object.keys(law);

/** The control plane's stages know its records, not each other. `targets` and `operations` are the runner's. */
const stages = ["request", "policy", "runner", "evidence", "observability", "review"];

/** Libraries with one door each, and who may hold the key. */
const doors = [
  { library: "^@dbos-inc/", files: ["automation/runner/durable.ts", "test/**"], why: "only automation/runner/durable.ts speaks to the durable engine" },
  {
    library: "^@pulumi/pulumi/automation",
    files: ["automation/runner/pulumi-stack.ts", "test/**"],
    why: "only automation/runner/pulumi-stack.ts drives Pulumi",
  },
  // The demo plays the colleague who changes something by hand.
  { library: "^@aws-sdk/", files: ["automation/targets/**", "demo/**", "localcloud/**", "test/**"], why: "only automation/targets/ speaks to AWS" },
  {
    library: "^pg$",
    // Besides the fleet: the control plane's own database (and the durable engine's, which is the same), the built-in prompt of "local psql", and the demo's application.
    files: [
      "automation/targets/**",
      "automation/database.ts",
      "automation/runner/liveness.ts",
      "automation/command-line/sql-prompt.ts",
      "demo/connect.ts",
      "localcloud/**",
      "test/**",
    ],
    why: "only automation/targets/ opens connections to databases of the fleet",
  },
];

const outOf = (folder, why) => ({ regex: `^(\\.\\./)+${folder}(/|$)`, message: why });

function restrictions(house, { stage, mayStart = false } = {}) {
  const forbidden = [...houses, "test"].filter((other) => other !== house && !law[house].includes(other) && !(mayStart && other === "localcloud"));
  return [
    ...forbidden.map((other) => outOf(other, `${house}/ must not import ${other}/ (see "import law" in docs/architecture.md)`)),
    ...(house === "policypacks" ? [{ regex: "^(\\.\\./)+components/(?!standards$)", message: "rules know the standards, not the components" }] : []),
    ...stages
      .filter((other) => stage !== undefined && other !== stage)
      .map((other) => outOf(other, `the stage ${stage} must not import the stage ${other}; automation/main.ts wires them`)),
  ];
}

/** One config entry per group of files, since a later entry of the same rule replaces an earlier one. */
function imports(files, patterns) {
  return { files, rules: { "@typescript-eslint/no-restricted-imports": ["error", { patterns }] } };
}

function closedDoors(file) {
  return doors
    .filter(({ files }) => !files.some((open) => open === file || (open.endsWith("/**") && file.startsWith(open.slice(0, -2)))))
    .map(({ library, why }) => ({ regex: library, message: why, allowTypeImports: true }));
}

const rooms = [
  ...houses.map((house) => ({ folder: `${house}/`, files: [`${house}/**/*.ts`], patterns: restrictions(house) })),
  ...stages.map((stage) => ({ folder: `automation/${stage}/`, files: [`automation/${stage}/**/*.ts`], patterns: restrictions("automation", { stage }) })),
  { folder: "automation/targets/", files: ["automation/targets/**/*.ts"], patterns: restrictions("automation") },
  // The files that hold a key, or start the embedded cloud.
  ...[...new Set(doors.flatMap(({ files }) => files.filter((file) => file.endsWith(".ts"))))].map((file) => ({
    folder: file,
    files: [file],
    patterns: restrictions(file.split("/")[0], { stage: stages.find((stage) => file.startsWith(`automation/${stage}/`)) }),
  })),
  // These start the embedded cloud, and sign what the command line asks it.
  ...["automation/command-line/local-start.ts", "automation/command-line/local-cloud.ts"].map((file) => ({
    folder: file,
    files: [file],
    patterns: restrictions("automation", { mayStart: true }),
  })),
];

module.exports = tseslint.config(
  { ignores: ["dist/", "coverage/", ".shipshape/", "node_modules/"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: __dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrors: "none" }],
      "@typescript-eslint/no-non-null-assertion": "off", // an index that was just counted, a match whose group is not optional
      "@typescript-eslint/no-invalid-void-type": "off",
      "no-restricted-properties": ["error", { object: "process", property: "env", message: "only a settings.ts reads the environment" }],
      "no-warning-comments": ["error", { terms: ["todo", "fixme", "xxx", "hack"] }],
      "no-console": "error",
      eqeqeq: "error",
    },
  },
  { files: ["**/settings.ts", "localcloud/plugins/aws/environment.ts", "test/**/*.ts"], rules: { "no-restricted-properties": "off" } },
  // What people read on their terminal, and the programs that Pulumi runs.
  { files: ["demo/**/*.ts", "test/bench/**/*.ts"], rules: { "no-console": "off" } },
  ...rooms.map(({ folder, files, patterns }) => imports(files, [...patterns, ...closedDoors(folder)])),
);
