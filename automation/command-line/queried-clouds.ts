/** Which clouds, accounts and Regions a command looked at, for people and for machines. */
import type { FleetAnswer, QueriedCloud, TargetDatabase } from "../fleet-records";
import { describeCloud } from "../targets/queried-cloud";

/** `cloud` where one account and Region was asked; `clouds` and `unreachable` wherever several may be. */
export function cloudRecord(fleet: FleetAnswer) {
  if (!fleet.asked) return { cloud: null, clouds: [], unreachable: [] };
  const clouds = (fleet.clouds ?? []).map((one) => ({ ...one, databases: fleet.databases.filter(isIn(one)).length }));
  const unreachable = fleet.unreachable ?? [];
  return { cloud: (unreachable.length === 0 && clouds.length === 1 && clouds[0]) || null, clouds, unreachable };
}

const isIn = (cloud: QueriedCloud) => (database: TargetDatabase) =>
  database.account === cloud.account && database.region === cloud.region;

/** The clouds, accounts and Regions that answered; those that did not are among what was not read. */
export function cloudTexts(fleet: FleetAnswer): string[] {
  if (!fleet.asked || (fleet.clouds ?? []).length === 0) return ["not read"];
  const [clouds, missing] = [fleet.clouds ?? [], fleet.unreachable?.length ?? 0];
  const count = `${clouds.length} of ${clouds.length + missing} accounts and Regions answered`;
  return [...clouds.map(describeCloud), ...(clouds.length + missing > 1 ? [count] : [])];
}
