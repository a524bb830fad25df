/**
 * Pure: the fleet, each database with what the stacks, the cloud, the evidence and the findings say about it; what needs
 * a person comes first.
 */
import type { Standard } from "../../components/standards/standard";
import {
  identityOf,
  unreachableText,
  type DeclaredDatabase,
  type ExpectedChange,
  type FleetAnswer,
  type Ownership,
  type StacksAnswer,
} from "../fleet-records";
import type { Recoverability } from "../records";
import type { DrillSchedule } from "./due-drills";
import type { DatabaseRecovery } from "./recoverability";

export interface FleetMember extends DatabaseRecovery {
  owner: string | undefined;
  tier: string | undefined;
  environment: string | undefined;
  /** The stacks that declare it, normally one. Unknown: none of those that could be read, and others could not be. */
  declaredBy: string[] | "unknown";
  isStandard: boolean;
  /** Of the stack that declares it; undefined if there is none, or several. */
  ownership: Ownership | undefined;
  /** Undefined: no drill can be planned for it. */
  nextDrill: Pick<DrillSchedule, "dueAt" | "reason"> | undefined;
  openFindings: number;
  /** What changes that were delivered to its owner have not brought about yet. */
  expectedChanges: ExpectedChange[];
}

/** Open findings of one database. Without an identity the run ended before it found a database of that name. */
export interface OpenFindings {
  identity: string | null;
  target: string;
  count: number;
}

export interface KnownOfMembers {
  standard: Standard;
  cloud: FleetAnswer;
  stacks: StacksAnswer;
  ownershipOf: (stack: string) => Ownership;
  recoveries: DatabaseRecovery[];
  /** Without throwaways. */
  declared: DeclaredDatabase[];
  schedules: DrillSchedule[];
  findings: OpenFindings[];
  /** Those that the cloud does not show yet. */
  expected: ExpectedChange[];
}

export function fleetMembers({
  standard: { tags: keys },
  cloud,
  stacks,
  ownershipOf,
  recoveries,
  declared,
  schedules,
  findings,
  expected,
}: KnownOfMembers): FleetMember[] {
  const inCloud = new Map((cloud.asked ? cloud.databases : []).map((d) => [identityOf(d), d]));
  const inStacks = new Map<string, DeclaredDatabase[]>();
  for (const one of declared) inStacks.set(identityOf(one), [...(inStacks.get(identityOf(one)) ?? []), one]);
  const planned = new Map(schedules.map((s) => [s.recovery, s]));
  const allRead = stacks.asked && stacks.unread.length === 0;
  const counts = new Map(findings.map((f) => [f.identity ?? `named ${f.target}`, f.count]));
  return recoveries
    .map((recovery): FleetMember => {
      const { database } = recovery;
      const declarations = inStacks.get(identityOf(database)) ?? [];
      const tags = inCloud.get(identityOf(database))?.tags ?? declarations[0]?.tags ?? {};
      return {
        ...recovery,
        owner: tags[keys.owner.key],
        tier: tags[keys.tier.key],
        environment: tags[keys.environment.key],
        declaredBy: declarations.length === 0 && !allRead ? "unknown" : declarations.map((d) => d.stack),
        isStandard: declarations.some((d) => d.isStandard),
        ownership: declarations.length === 1 ? ownershipOf(declarations[0]!.stack) : undefined,
        nextDrill: planned.get(recovery),
        openFindings: (counts.get(identityOf(database)) ?? 0) + (counts.get(`named ${database.identifier}`) ?? 0),
        expectedChanges: expected.filter((one) => identityOf(one.database) === identityOf(database)),
      };
    })
    .sort(byUrgency);
}

/** What could not be read, a sentence each: with any of them the population is incomplete. */
export function unreadOf(cloud: FleetAnswer, stacks: StacksAnswer): string[] {
  return [
    ...(cloud.asked ? [] : [`the databases of the cloud: ${cloud.reason}`]),
    ...(cloud.asked ? (cloud.unreachable ?? []).map(unreachableText) : []),
    ...(stacks.asked
      ? []
      : [`the stacks of the backend ${stacks.backend ?? "(none is configured)"}: ${stacks.reason}`]),
    ...(stacks.asked ? stacks.unread.map(({ stack, reason }) => `stack ${stack}: ${reason}`) : []),
    ...(stacks.asked ? stacks.stacks.flatMap((s) => s.unidentified.map((what) => `stack ${s.name}: ${what}`)) : []),
  ];
}

/** What needs a person comes first; what the schedule handles comes last. */
const order: Recoverability[] = ["unknown", "unproven", "never", "stale", "fresh", "copy"];

function byUrgency(one: FleetMember, other: FleetMember): number {
  const rank = ({ recoverability, openFindings }: FleetMember) =>
    recoverability === "failed" ? 0 : openFindings > 0 ? 1 : 2 + order.indexOf(recoverability);
  const isInOrder = ({ declaredBy }: FleetMember) => Number(declaredBy !== "unknown" && declaredBy.length === 1);
  return (
    rank(one) - rank(other) ||
    isInOrder(one) - isInOrder(other) ||
    (one.database.identifier < other.database.identifier ? -1 : 1)
  );
}

export function totalsOf(members: Pick<FleetMember, "recoverability">[]): Record<Recoverability, number> {
  const totals = { fresh: 0, stale: 0, failed: 0, unproven: 0, never: 0, unknown: 0, copy: 0 };
  for (const { recoverability } of members) totals[recoverability]++;
  return totals;
}
