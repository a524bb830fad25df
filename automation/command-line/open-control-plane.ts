import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ShipshapeError } from "../errors";
import type * as Main from "../control-plane";
import type { ControlPlane, ControlPlaneSettings } from "../control-plane";
import type * as RestoreDrill from "../operations/restore-drill/restore-drill";
import type * as RestoreDrillSteps from "../operations/restore-drill/steps";
import type { FleetAnswer } from "../records";
import type { Settings } from "../settings";
import type * as AwsAccess from "../targets/aws-access";
import type * as Fleet from "../targets/fleet";
import type * as Principal from "../targets/principal";
import { signerOf } from "./evidence-log";

/** Opens the control plane that the environment names, for the length of `work`. */
export async function withControlPlane<T>(
  settings: Settings,
  work: (controlPlane: ControlPlane) => Promise<T>,
): Promise<T> {
  const { databaseUrl } = settings.controlPlane;
  if (databaseUrl === undefined) throw new ShipshapeError("control-plane-missing", {});
  // The durable engine calls node-postgres in a way that a later version will refuse; users can do nothing about it.
  process.noDeprecation = true;
  // Loaded on demand: the durable engine takes half a second that others need not wait for. With require, because the
  // launcher's hook for TypeScript does not see `import()`.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { openControlPlane } = require("../control-plane") as typeof Main;
  const controlPlane = await openControlPlane({
    databaseUrl,
    signer: () => signerOf(settings),
    toolVersions: { shipshape: packageVersion(settings), node: process.versions.node },
    operations: operationsOf(settings),
  });
  try {
    return await work(controlPlane);
  } finally {
    await controlPlane.close();
  }
}

const operationsOf =
  (settings: Settings): ControlPlaneSettings["operations"] =>
  (database, beforeCall) => {
    // Loaded when an operation is requested or run: the Pulumi SDKs take another second.
    /* eslint-disable @typescript-eslint/no-require-imports */
    const { restoreDrill } = require("../operations/restore-drill/restore-drill") as typeof RestoreDrill;
    const { restoreDrillSteps } = require("../operations/restore-drill/steps") as typeof RestoreDrillSteps;
    /* eslint-enable @typescript-eslint/no-require-imports */
    const steps = restoreDrillSteps({
      database,
      access: { rootCertificateFile: settings.rootCertificateFile, beforeCall },
      stacks: { workspacesFolder: join(settings.dataFolder, "workspaces"), environment: settings.engineEnvironment },
      platformStack: settings.controlPlane.platformStack,
      secretsProvider: settings.controlPlane.secretsProvider,
    });
    return [restoreDrill(steps)];
  };

// Loaded on demand, as above: the AWS SDK.
/* eslint-disable @typescript-eslint/no-require-imports */
/** The requester. Errors: principal-unknown. */
export const principal = (): Promise<string> => (require("../targets/principal") as typeof Principal).principal();

/** What the cloud reports about its databases today. */
export const fleetToday = (): Promise<FleetAnswer> =>
  (require("../targets/fleet") as typeof Fleet).askFleet(
    (require("../targets/aws-access") as typeof AwsAccess).awsClients(),
  );
/* eslint-enable @typescript-eslint/no-require-imports */

const packageVersion = ({ packageFolder }: Settings): string =>
  (JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as { version: string }).version;
