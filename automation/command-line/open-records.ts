import { join } from "node:path";
import type { ControlPlaneRecords } from "../control-plane-records";
import { ShipshapeError } from "../errors";
import type { FleetAnswer } from "../records";
import type { Settings } from "../settings";

/**
 * Opens the control plane's records alone, for the length of `work`: for commands that read them, or write an answer.
 * They need not wait for the durable engine and the Pulumi SDKs, which take longer to load than what they do.
 */
export async function withRecords<T>(
  settings: Settings,
  work: (records: ControlPlaneRecords) => Promise<T>,
): Promise<T> {
  const databaseUrl = databaseUrlOf(settings);
  const { openRecords } = await import("../control-plane-records");
  const records = await openRecords(databaseUrl);
  try {
    return await work(records);
  } finally {
    await records.close();
  }
}

/** Errors: control-plane-missing. */
export function databaseUrlOf({ controlPlane: { databaseUrl } }: Settings): string {
  if (databaseUrl === undefined) throw new ShipshapeError("control-plane-missing", {});
  return databaseUrl;
}

// Loaded when used: the AWS SDK.
/** The requester. Errors: principal-unknown. */
export const principal = async (): Promise<string> => (await import("../targets/principal")).principal();

/** What the cloud reports about its databases today. */
export async function fleetToday(): Promise<FleetAnswer> {
  const [{ askFleet }, { awsClients }] = [await import("../targets/fleet"), await import("../targets/aws-access")];
  return askFleet(awsClients());
}

/** Where stacks are, and what the engine needs to reach them. */
export const stackContext = ({ dataFolder, engineEnvironment }: Settings) => ({
  workspacesFolder: join(dataFolder, "workspaces"),
  environment: engineEnvironment,
});
