import { join } from "node:path";
import { version } from "../../package.json";
import type { ControlPlane } from "../control-plane";
import type { ControlPlaneDatabase } from "../database";
import type { AnyOperation } from "../runner/operation";
import type { Settings } from "../settings";
import { signerOf } from "./evidence-log";
import { databaseUrlOf } from "./open-records";

/** Opens the control plane that the environment names, for the length of `work`. */
export async function withControlPlane<T>(
  settings: Settings,
  work: (controlPlane: ControlPlane) => Promise<T>,
): Promise<T> {
  const databaseUrl = databaseUrlOf(settings);
  // The durable engine calls node-postgres in a way that a later version will refuse; users can do nothing about it.
  process.noDeprecation = true;
  const { openControlPlane } = await import("../control-plane");
  const controlPlane = await openControlPlane({
    databaseUrl,
    signer: () => signerOf(settings),
    toolVersions: { shipshape: version, node: process.versions.node },
    operations: (database, beforeCall) => operationsOf(settings, database, beforeCall),
  });
  try {
    return await work(controlPlane);
  } finally {
    await controlPlane.close();
  }
}

/** Loaded when something is submitted or run: cancelling a run does not need the operation's code. */
async function operationsOf(
  settings: Settings,
  database: ControlPlaneDatabase,
  beforeCall: () => void,
): Promise<AnyOperation[]> {
  const { restoreDrill } = await import("../operations/restore-drill/restore-drill");
  const { restoreDrillSteps } = await import("../operations/restore-drill/steps");
  const { platformStack, secretsProvider } = settings.controlPlane;
  const stacks = { workspacesFolder: join(settings.dataFolder, "workspaces"), environment: settings.engineEnvironment };
  const access = { rootCertificateFile: settings.rootCertificateFile, beforeCall };
  return [restoreDrill(restoreDrillSteps({ database, access, stacks, platformStack, secretsProvider }))];
}
