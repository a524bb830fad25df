/** The effects of a gate that asks the alarms of databases, and of their replicas, which are patched with them. */
import { atOnce } from "../../at-once";
import type { FoundAlarm } from "../../alarm-records";
import { reasonOf } from "../../errors";
import { identityOf } from "../../fleet-records";
import { keepAlarms, keptAlarms, knownForGood } from "../../runner/train-alarms";
import { awsClients } from "../../targets/aws-access";
import { alarmClient, alarmsAbout } from "../../targets/database-alarms";
import { findDatabase } from "../../targets/database-instance";
import { accessTo } from "../../targets/locations";
import type { Probe } from "../../train-records";
import type { OperationContext } from "../operation-context";
import { comparedAlarms } from "./alarm-comparison";
import { probesAtOnceMax } from "./limits";
import type { PlannedDatabase } from "./rings";

/** What was asked of databases, and in words what of it says nothing. */
export interface Asked {
  probes: Probe[];
  notes: string[];
}

export function alarmSteps(s: Pick<OperationContext, "access" | "database">) {
  return {
    /** Before anything is patched. Resolves to a probe of each whose alarms could not be read. Safe to repeat. */
    noteAlarms: async (trainId: string, databases: readonly PlannedDatabase[]): Promise<Probe[]> => {
      const known = await knownForGood(s.database, trainId);
      const unknown = databases.filter((one) => !known.has(identityOf(one)));
      const failed = await atOnce(unknown, probesAtOnceMax, async (one) => {
        const found = await alarmsNow(one);
        if (!Array.isArray(found)) return [found];
        const states = Object.fromEntries(found.map(({ name, state }) => [name, state]));
        await keepAlarms(s.database, trainId, identityOf(one), states);
        return [];
      });
      return failed.flat();
    },

    compareAlarms: async (trainId: string, databases: readonly PlannedDatabase[]): Promise<Asked> => {
      const known = await keptAlarms(s.database, trainId, databases.map(identityOf));
      const asked = await atOnce(databases, probesAtOnceMax, async (one): Promise<Asked> => {
        const [name, before, found] = [nameOf(one), known.get(identityOf(one)), await alarmsNow(one)];
        if (!Array.isArray(found)) return { probes: [found], notes: [] };
        if (!before)
          return { probes: [{ name, verdict: "inconclusive", explanation: "not read before its patch" }], notes: [] };
        const { probe, note } = comparedAlarms(before, found);
        return { probes: probe ? [{ name, ...probe }] : [], notes: note === null ? [] : [`${name}: ${note}`] };
      });
      return { probes: asked.flatMap(({ probes }) => probes), notes: asked.flatMap(({ notes }) => notes) };
    },
  };

  async function alarmsNow(one: PlannedDatabase): Promise<FoundAlarm[] | Probe> {
    try {
      const access = accessTo(s.access, one);
      const clients = awsClients(access);
      const instance = await findDatabase(clients, one.identifier);
      // An ARN is a replica in another Region, which is not patched with it.
      const replicas = (instance?.ReadReplicaDBInstanceIdentifiers ?? []).filter((name) => !name.includes(":"));
      const found = [instance, ...(await Promise.all(replicas.map((name) => findDatabase(clients, name))))];
      const present = found.filter((is) => is !== undefined);
      const client = alarmClient(access);
      try {
        const alarms: FoundAlarm[] = [];
        for (const { DBInstanceIdentifier: identifier = "", DbiResourceId: now = "" } of present)
          alarms.push(...(await alarmsAbout(client, { identifier, resourceIds: [now, one.resourceId] })));
        return alarms;
      } finally {
        client.destroy();
      }
    } catch (error) {
      return { name: nameOf(one), verdict: "error", explanation: reasonOf(error) };
    }
  }
}

const nameOf = ({ identifier }: PlannedDatabase): string => `${identifier}: alarms`;
