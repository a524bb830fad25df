import type { Alerting } from "../alerts";
import type { ControlPlaneRecords } from "../control-plane-records";
import type { AlertDestination } from "../alert-records";
import type { Settings } from "../settings";
import { readEvidence } from "./evidence-log";
import { fleetToday } from "./open-records";

/** Where alerts are sent. Errors: alert-destination-invalid, configuration-invalid, configuration-unreadable. */
export async function alertDestinations(settings: Settings): Promise<AlertDestination[]> {
  const { webhookUrl } = settings.alerts;
  const { readConfiguration } = await import("../configuration/configuration");
  const topicArn = readConfiguration(settings.configurationFile)?.alerts?.topicArn;
  return [
    ...(webhookUrl === undefined ? [] : [(await import("../targets/alert-webhook")).webhook(webhookUrl)]),
    ...(topicArn === undefined ? [] : [(await import("../targets/alert-topic")).topic(topicArn)]),
  ];
}

/** What a worker tells, and where; undefined if nothing is configured. Errors: as `alertDestinations`. */
export async function alertingOf(settings: Settings, records: ControlPlaneRecords): Promise<Alerting | undefined> {
  const destinations = await alertDestinations(settings);
  if (destinations.length === 0) return undefined;
  return {
    destinations,
    expiring: async () => {
      const answer = await fleetToday(settings);
      // Says nothing: a worker has a signing key, so it never begins to trust the log's own.
      const log = await readEvidence(settings, records.database, { progress: () => {} });
      return {
        fleet: answer.asked ? answer.databases : [],
        ownerTag: records.standard.tags.owner.key,
        recoveries: await records.recovery(log, answer, new Date()),
        waivers: await waiversOf(settings),
      };
    },
  };
}

// Loaded when used: the waivers' schema knows every guardrail.
async function waiversOf({ alerts: { waiversFolder } }: Settings) {
  const { readWaivers } = await import("../../policypacks/database-guardrails/waivers/waiver-files");
  return readWaivers(waiversFolder, new Date().toISOString().slice(0, 10), "any rule").waivers;
}
