const tseslint = require("typescript-eslint");

const { areas, commandLine, forbiddenAreas, restrictedLibraries, stages } = require("./import-rules.cjs");

const escaped = (text) => text.replaceAll(/[.$^()]/g, "\\$&");

/** What the files of one folder (or one file) must not import: patterns of module names, each with the reason. */
function restrictions(scope) {
  const area = scope.split("/")[0];
  const stage = stages.find((one) => scope.startsWith(`automation/${one}/`));
  const forbidden = forbiddenAreas(area);
  return [
    ...forbidden.map((other) => outside(other, `${area}/ must not import ${other}/ (import-rules.cjs)`)),
    ...(area === "policypacks"
      ? [{ regex: "^(\\.\\./)+components/(?!standards/)", message: "rules know the standard, not the components" }]
      : []),
    ...(stage === undefined ? [] : stages)
      .filter((other) => other !== stage)
      .map((other) =>
        outside(other, `the stage ${stage} must not import the stage ${other}; automation/control-plane.ts wires them`),
      ),
    ...(scope.startsWith(commandLine.folder) ? commandLine.forbiddenStages : []).map((stage) => ({
      // With the slash: `../review` is a file of its own.
      regex: `^(\\.\\./)+(?!(${commandLine.pure.join("|")})$)${stage}/`,
      message: commandLine.why,
      allowTypeImports: true,
    })),
    ...restrictedLibraries
      .filter(({ files }) => !files.some((open) => open === scope || (open.endsWith("/") && scope.startsWith(open))))
      .map(({ library, why }) => ({
        regex: `^${escaped(library)}${library.endsWith("/") ? "" : "(/|$)"}`,
        message: why,
        allowTypeImports: true,
      })),
  ];
}

const outside = (folder, message) => ({ regex: `^(\\.\\./)+${folder}(/|$)`, message });

/**
 * One entry per group of files, since a later entry of the same rule replaces an earlier one. A dynamic import is an
 * import.
 */
function importRules(files, patterns) {
  // The selector language takes no slash inside a pattern.
  const dynamic = patterns.flatMap(({ regex, message, allowTypeImports }) => {
    const pattern = regex.replaceAll("/", "\\x2f");
    const selectors = [
      `ImportExpression[source.value=/${pattern}/]`,
      `CallExpression[callee.name='require'][arguments.0.value=/${pattern}/]`,
    ];
    if (!allowTypeImports) selectors.push(`TSImportType[source.value=/${pattern}/]`);
    return selectors.map((selector) => ({ selector, message }));
  });
  return {
    files,
    rules: {
      "@typescript-eslint/no-restricted-imports": ["error", { patterns }],
      "no-restricted-syntax": ["error", ...dynamic],
    },
  };
}

/**
 * From the widest scope to the narrowest: areas, then stages and other folders with a rule of their own, then single
 * files.
 */
const scopes = [
  ...Object.keys(areas).map((area) => `${area}/`),
  ...stages.map((stage) => `automation/${stage}/`),
  commandLine.folder,
  ...new Set(restrictedLibraries.flatMap(({ files }) => files)),
].sort(
  (one, other) =>
    one.split("/").length - other.split("/").length || Number(other.endsWith("/")) - Number(one.endsWith("/")),
);

module.exports = tseslint.config(
  { ignores: ["**/dist/", "coverage/", ".shipshape/", "node_modules/"] },
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
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrors: "none" },
      ],
      // An index that was just counted, a match whose group is not optional
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-invalid-void-type": "off",
      "no-restricted-properties": [
        "error",
        { object: "process", property: "env", message: "only a settings.ts reads the environment" },
      ],
      "no-warning-comments": ["error", { terms: ["todo", "fixme", "xxx", "hack"] }],
      "no-console": "error",
      eqeqeq: "error",
    },
  },
  {
    files: ["**/settings.ts", "localcloud/plugins/aws/environment.ts", "test/**/*.ts"],
    rules: { "no-restricted-properties": "off" },
  },
  // What people read on their terminal, and the programs that Pulumi runs.
  { files: ["demo/**/*.ts", "test/{bench,mutants,node-versions}/**/*.ts"], rules: { "no-console": "off" } },
  ...scopes.map((scope) => importRules([scope.endsWith("/") ? `${scope}**/*.ts` : scope], restrictions(scope))),
);
