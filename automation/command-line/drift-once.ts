/** `shipshape drift --once`: compares in this process, as a detection does, for a laptop or a pipeline. */
import { severities } from "../../policypacks/database-guardrails/judging/rule";
import { compareOnce } from "../compare-once";
import { readLocations, readStandard } from "../configuration/configuration";
import type { ComparedDatabase, DifferenceFilter } from "../difference-records";
import { ShipshapeError } from "../errors";
import type { OperationContext } from "../operations/operation-context";
import type { Settings } from "../settings";
import type { CommandContext } from "./command-context";
import { fits, type DriftReport, type ShownDatabase } from "./drift-report";
import { comparedAtOnceMax } from "./limits";
import { stackContext } from "./open-records";

export async function comparedOnce(
  options: DifferenceFilter,
  { settings, terminal, operations }: CommandContext,
): Promise<DriftReport> {
  const registered = operations ?? (await import("../operations/registry")).operations;
  const detection = registered.find(({ name }) => name === "drift-detection");
  if (!detection) throw new ShipshapeError("operation-unknown", { operation: "drift-detection", known: "none" });
  const operation = await detection.open(withoutControlPlane(settings));
  const { databases, problems } = await compareOnce(operation, options, comparedAtOnceMax, (line) =>
    terminal.progress(line),
  );
  const at = new Date();
  const differences = databases
    .flatMap(({ database, differences: ones }) => ones.map((one) => ({ ...one, database, finding: null })))
    .sort((one, other) => severities.indexOf(one.severity) - severities.indexOf(other.severity));
  return {
    ...{ at, trend: null, left: 0, problems },
    differences: differences.filter((one) => fits(one, options)),
    databases: databases.map((one) => lookOf(one, at)),
  };
}

const lookOf = ({ database, owner, differences }: ComparedDatabase, at: Date): ShownDatabase => {
  const { identifier, account = null, region = null } = database;
  const isUnreadable = differences.some(({ class: kind }) => kind === "unreadable");
  return { identifier, account, region, owner, look: isUnreadable ? "unreadable" : "recent", lookedAt: at };
};

/** What the operation may use; that it needs records it says with the code that a command without them has. */
function withoutControlPlane(settings: Settings): OperationContext {
  const { platformStack, secretsProvider, assertionsFolder, maskingFolder } = settings.controlPlane;
  const missing = () => Promise.reject(new ShipshapeError("control-plane-missing", {}));
  return {
    standard: readStandard(settings.configurationFile),
    // No run of this process has made a copy, or has sealed anything.
    database: { query: () => Promise.resolve([]), transaction: missing },
    sealedRuns: () => Promise.resolve([]),
    access: {
      rootCertificateFile: settings.rootCertificateFile,
      locations: () => readLocations(settings.configurationFile),
    },
    stacks: stackContext(settings),
    homesOfStacks: async () => (await import("../configuration/owned-stacks")).stackHomes(settings.configurationFile),
    gitEnvironment: settings.gitEnvironment,
    ...{ platformStack, secretsProvider, assertionsFolder, maskingFolder, packageFolder: settings.packageFolder },
    ...{ waiversFolder: settings.alerts.waiversFolder },
    ...{
      recoveryOf: missing,
      tellPeople: missing,
      verifiedSince: missing,
      signedCopy: missing,
      signedRehearsals: missing,
    },
  };
}
