/** The fleet: every database of the stacks of the backend, and what the RDS API knows and no stack declares. */
import type { Standard } from "../components/standards/standard";
import type { Database } from "./database";
import type { LogContent } from "./evidence/reading";
import { fleetMembers, totalsOf, unreadOf, type FleetMember } from "./observability/fleet";
import type { FleetAnswer, Ownership, StacksAnswer } from "./fleet-records";
import { expectedChangesMax } from "./limits";
import type { Recoverability } from "./records";
import { recoveryOfAll } from "./recovery-status";
import { openFindingsByDatabase } from "./review/findings";
import { awaitedChanges } from "./runner/expected-changes";
import { askBackend } from "./runner/backend-stacks";
import type { StackContext } from "./runner/stack-state";
import { scheduleOf } from "./schedule";

export interface FleetStatus {
  lookedAt: Date;
  cloud: FleetAnswer;
  stacks: StacksAnswer;
  /** What could not be read, a sentence each. */
  unread: string[];
  members: FleetMember[];
  /** How many of them are fresh, and so on. */
  totals: Record<Recoverability, number>;
}

export async function fleetStatus(
  database: Database,
  standard: Standard,
  log: LogContent,
  cloud: FleetAnswer,
  stacksOf: StackContext & { ownershipOf: (stack: string) => Ownership },
  now: Date,
): Promise<FleetStatus> {
  const stacks = await askBackend(stacksOf);
  const stated = stacks.asked ? stacks.stacks.flatMap((s) => s.databases) : [];
  const { recoveries, declared } = await recoveryOfAll(database, log, cloud, stated, now);
  const { schedules } = await scheduleOf(database, standard, recoveries, cloud, now);
  const findings = await openFindingsByDatabase(database);
  const members = fleetMembers({
    standard,
    cloud,
    stacks,
    ownershipOf: stacksOf.ownershipOf,
    recoveries,
    declared,
    schedules,
    findings,
    expected: await awaitedChanges(database, expectedChangesMax),
  });
  const unread = [...unreadOf(cloud, stacks), ...log.problems.map((p) => `the evidence log: ${p.what}`)];
  return { lookedAt: now, cloud, stacks, unread, members, totals: totalsOf(members) };
}
