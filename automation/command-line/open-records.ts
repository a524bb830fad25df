import { join } from "node:path";
import type { ControlPlaneRecords } from "../control-plane-records";
import { ShipshapeError } from "../errors";
import type { FleetAnswer } from "../fleet-records";
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
  const [{ openRecords }, { readStandard }] = [
    await import("../control-plane-records"),
    await import("../configuration/configuration"),
  ];
  const records = await openRecords(databaseUrl, readStandard(settings.configurationFile));
  try {
    await requireReader(records);
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

/** Everyone may read unless roles are in force: only then is it found out who asks, which loads the AWS SDK. */
async function requireReader(records: ControlPlaneRecords): Promise<void> {
  if ((await records.access())?.roles) await records.authorizeReading(await principal(records));
}

// Loaded when used: the AWS SDK.
/** Who runs this command. Errors: principal-unknown. */
export const principal = async (records: ControlPlaneRecords): Promise<string> =>
  (await import("../targets/principal")).principal(() => records.isEmbedded());

/** What the cloud reports about its databases today, in every account and Region that `shipshape.yaml` names. */
export async function fleetToday({ configurationFile }: Settings): Promise<FleetAnswer> {
  const { readLocations } = await import("../configuration/configuration");
  return (await import("../targets/fleet")).askFleets(readLocations(configurationFile));
}

/** Where stacks are, and what the engine needs to reach them. */
export const stackContext = ({ dataFolder, engineEnvironment }: Settings) => ({
  workspacesFolder: join(dataFolder, "workspaces"),
  environment: engineEnvironment,
});
