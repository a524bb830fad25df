import type { Call } from "../../wire/action";
import { AwsError } from "../../wire/aws-error";
import { checkParameter, parameterDefinitions } from "../../../postgres/parameters";
import { PostgresError, type PostgresServer } from "../../../postgres/postgres-server";
import { logError } from "../../log";
import { recordReport } from "../instances/running-server";
import type { InstanceRecord } from "../instances/instance-record";
import { isDefaultGroup, majorOfFamily, type ParameterGroupRecord } from "./parameter-groups";

/** One parameter of a Modify or Reset call; no value resets it to the engine's default. */
export interface ParameterChange {
  name: string;
  value?: string;
  applyMethod: "immediate" | "pending-reboot";
}

/** Checks all changes as RDS does, then writes the group, then applies to its databases what takes effect at once. */
export async function changeParameters(
  group: ParameterGroupRecord,
  changes: ParameterChange[],
  call: Call,
): Promise<void> {
  if (isDefaultGroup(group.name))
    throw new AwsError(
      "InvalidDBParameterGroupState",
      `${group.name} is a default parameter group and cannot be modified; create one of your own`,
    );
  if (changes.length > changesMax)
    throw new AwsError(
      "InvalidParameterValue",
      `at most ${changesMax} parameters can be changed in one call; this one has ${changes.length}`,
    );
  for (const change of changes) await checkChange(group, change);
  // Read again: the checks above take time, and another call may have written the group meanwhile.
  const current = call.cloud.parameterGroups.get(group.region, group.name);
  const parameters = changed(
    current.parameters,
    changes.map(({ name, value, applyMethod }) => [name, value === undefined ? undefined : { value, applyMethod }]),
  );
  call.cloud.parameterGroups.put({ ...current, parameters });
  call.cloud.events.say(
    group.region,
    "db-parameter-group",
    group.name,
    ["configuration change"],
    `Updated parameters: ${changes.map((change) => change.name).join(", ")}`,
  );
  const users = call.cloud.instances
    .list(group.region)
    .filter((instance) => instance.parameterGroup.name === group.name);
  await Promise.all(users.map((instance) => takeChanges(instance, changes, call)));
}

/** RDS's own limit per ModifyDBParameterGroup call. */
const changesMax = 20;

async function checkChange(group: ParameterGroupRecord, change: ParameterChange): Promise<void> {
  // A reset to the default is always possible, even for a value that would no longer be accepted.
  if (change.value === undefined && change.name in group.parameters && change.applyMethod === "pending-reboot") return;
  const major = majorOfFamily(group.family);
  if (major === undefined)
    throw new AwsError(
      "InvalidParameterValue",
      `the family ${group.family} is no longer available here: its PostgreSQL is not installed`,
    );
  const definition = (await parameterDefinitions(major)).find((candidate) => candidate.name === change.name);
  if (!definition) throw new AwsError("InvalidParameterValue", `could not find parameter with name: ${change.name}`);
  if (!definition.isModifiable)
    throw new AwsError("InvalidParameterValue", `the parameter ${change.name} cannot be modified.`);
  if (definition.applyType === "static" && change.applyMethod === "immediate") {
    throw new AwsError(
      "InvalidParameterCombination",
      `cannot use immediate apply method for static parameter: ${change.name}`,
    );
  }
  if (change.value === undefined) return;
  const reason = await checkParameter(major, change.name, change.value);
  if (reason !== undefined)
    throw new AwsError(
      "InvalidParameterValue",
      `invalid parameter value: ${change.value.slice(0, 200)} for: ${change.name}; ${reason}`,
    );
}

/** A database with an operation in progress finishes that first; a stopped one applies everything at its next start. */
async function takeChanges(instance: InstanceRecord, changes: ParameterChange[], call: Call): Promise<void> {
  const { instances } = call.cloud;
  await instances.settled(instance.resourceId);
  const isWaiting = changes.some((change) => change.applyMethod === "pending-reboot");
  const now = changes.filter((change) => change.applyMethod === "immediate");
  const before = instances.byResourceId(instance.resourceId);
  const server = instances.servers.get(instance.resourceId);
  if (!before || server?.state() !== "running") return retryAfterBadParameters(before, call);
  const updated = instances.update(instance.resourceId, (current) => {
    current.activeParameters = changed(
      current.activeParameters,
      now.map(({ name, value }) => [name, value]),
    );
    if (now.length > 0) current.parameterGroup.status = "applying";
  })!;
  if (now.length > 0) await apply(updated, server, call);
  const mustReboot = isWaiting || before.parameterGroup.status === "pending-reboot";
  if (mustReboot)
    instances.update(instance.resourceId, (current) => void (current.parameterGroup.status = "pending-reboot"));
}

/**
 * The group is changed already, so a database that cannot apply the change now is not the caller's error: an event
 * reports it, and the database applies the change at its reboot.
 */
async function apply(instance: InstanceRecord, server: PostgresServer, call: Call): Promise<void> {
  try {
    recordReport(instance, await server.applyParameters(instance.activeParameters), call.cloud);
  } catch (error) {
    if (!(error instanceof PostgresError)) logError(error);
    call.cloud.instances.update(
      instance.resourceId,
      (current) => void (current.parameterGroup.status = "pending-reboot"),
    );
    call.cloud.events.say(
      instance.region,
      "db-instance",
      instance.shape.DBInstanceIdentifier,
      ["configuration change"],
      `The changed parameters wait for a reboot: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** An instance that did not start with its parameters starts as soon as they are corrected, as on RDS. */
function retryAfterBadParameters(instance: InstanceRecord | undefined, call: Call): void {
  if (instance?.status === "incompatible-parameters") call.cloud.instances.retry(instance);
}

/** The values with these set, or removed where there is none. */
function changed<Value>(
  values: Record<string, Value>,
  changes: [name: string, value: Value | undefined][],
): Record<string, Value> {
  const all = new Map<string, Value | undefined>([...Object.entries(values), ...changes]);
  return Object.fromEntries([...all].filter((entry): entry is [string, Value] => entry[1] !== undefined));
}
