/** The PostgreSQL server of an instance: with the parameters of its record, and running where required. */
import type { ParameterReport, PostgresServer } from "../../../postgres/postgres-server";
import type { Cloud } from "../../cloud";
import type { InstanceRecord } from "./instance-record";

/** A start or reboot applies every value of the group, including those that waited for it. */
export function takeGroupValues(instance: InstanceRecord, cloud: Cloud): InstanceRecord {
  const values = cloud.parameterGroups.values(instance.region, instance.parameterGroup.name);
  return cloud.instances.update(instance.resourceId, (current) => void (current.activeParameters = values)) ?? instance;
}

/** The server, with the record's parameters written for its next start. */
export async function runnable(instance: InstanceRecord, cloud: Cloud): Promise<PostgresServer> {
  const server = await cloud.instances.servers.reopen(instance);
  await server.applyParameters(instance.activeParameters);
  return server;
}

/** The server of an instance that is to be changed, restarted if it was stopped or killed. */
export async function ensureRunning(instance: InstanceRecord, cloud: Cloud): Promise<PostgresServer> {
  const server = await cloud.instances.servers.reopen(instance);
  if (server.state() === "running") return server;
  const started = await runnable(takeGroupValues(instance, cloud), cloud);
  recordReport(instance, await started.start(), cloud);
  return started;
}

/** PostgreSQL's report on the parameters: the instance's apply status, and an event for each that was not applied. */
export function recordReport(instance: InstanceRecord, report: ParameterReport, cloud: Cloud): void {
  cloud.instances.update(
    instance.resourceId,
    (current) => void (current.parameterGroup.status = report.pendingReboot.length > 0 ? "pending-reboot" : "in-sync"),
  );
  const say = (message: string) =>
    cloud.events.say(
      instance.region,
      "db-instance",
      instance.shape.DBInstanceIdentifier,
      ["configuration change"],
      message,
    );
  for (const { name, value, reason } of report.leftOut) say(`The parameter ${name} runs without '${value}': ${reason}`);
  for (const { name, reason } of report.invalid) say(`The parameter ${name} was not applied: ${reason}`);
}
