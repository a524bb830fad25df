// Which folder may import which, and which file alone may use a library: used by eslint.config.js, so that an editor
// shows violations at once, and by .dependency-cruiser.cjs, which checks the whole import graph.

/** The areas of this repository, and what each may import from the others (docs/architecture.md). */
const areas = {
  components: [],
  policypacks: ["components"],
  stacks: ["components"],
  automation: ["stacks", "components", "policypacks"],
  localcloud: [],
  demo: ["automation", "stacks", "components"],
};

/**
 * The control plane's stages use its records, not each other. Not stages: `targets`, which imports none of them and is
 * used by operations, guardrails and commands, and `operations`, which use the runner.
 */
const stages = ["request", "policy", "runner", "evidence", "observability", "review"];

/**
 * The command line is a client of the control plane, so that any other client can do what it does. Only the evidence log
 * is read directly, as auditors read it. Types may be imported.
 */
const commandLine = {
  folder: "automation/command-line/",
  forbiddenStages: stages.filter((stage) => stage !== "evidence"),
  /** They read the tables of several stages; only the check of the import graph holds this. */
  forbiddenFiles: ["fleet.ts", "schedule.ts", "stages.ts"],
  /** They read no tables. */
  pure: ["policy/approvals", "policy/rules"],
  why: "the command line uses ControlPlane (control-plane.ts, control-plane-records.ts), not the tables of its stages",
};

/**
 * Folders of `automation/` whose files are pure and that several others use, with the files beside them that they may
 * import, besides `components/standards`; only the check of the import graph holds this.
 */
const pureFolders = { masking: ["errors", "error-table", "limits", "records"] };

/** Libraries that only some files may import. Types may be imported anywhere. */
const restrictedLibraries = [
  {
    library: "@dbos-inc/",
    files: ["automation/runner/durable.ts"],
    why: "only automation/runner/durable.ts uses the durable engine",
  },
  {
    library: "@pulumi/pulumi/automation",
    files: ["automation/runner/pulumi-stack.ts"],
    why: "only automation/runner/pulumi-stack.ts drives Pulumi",
  },
  {
    library: "@opentelemetry/",
    files: ["automation/observability/"],
    why: "only automation/observability/ reports to OpenTelemetry",
  },
  {
    library: "@aws-sdk/",
    // The demo plays the colleague who changes something by hand.
    files: ["automation/targets/", "demo/", "localcloud/"],
    why: "only automation/targets/ calls AWS",
  },
  {
    library: "pg",
    // Besides the fleet: the control plane's own database (the durable engine's, too), the built-in prompt of "local
    // psql", and the demo's application.
    files: [
      "automation/targets/",
      "automation/database.ts",
      "automation/runner/liveness.ts",
      "automation/command-line/sql-prompt.ts",
      "demo/connect.ts",
      "localcloud/",
    ],
    why: "only automation/targets/ opens connections to databases of the fleet",
  },
];

/** The areas that this area must not import. */
const forbiddenAreas = (area) =>
  [...Object.keys(areas), "test"].filter((other) => other !== area && !areas[area].includes(other));

module.exports = { areas, commandLine, stages, pureFolders, restrictedLibraries, forbiddenAreas };
