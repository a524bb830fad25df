/** Pure: which databases a sweep compares, and what is known without comparing. */
import type { Standard } from "../../../components/standards/standard";
import {
  describeLocation,
  identityOf,
  type DeclaredDatabase,
  type FleetAnswer,
  type FleetDatabase,
  type StacksAnswer,
  type TargetDatabase,
  type UnreachableLocation,
} from "../../fleet-records";
import type { PlanBasis } from "../../records";
import { isInScope, isThere, namedScope } from "../fleet-scope";
import { evidenceValidDays } from "./limits";
import { driftDetectionRequest, filters, type DriftDetectionRequest } from "./request";

/** A database that the cloud has or a stack declares. Small: a sweep keeps one of each. */
export interface SeenDatabase extends TargetDatabase {
  tags: Record<string, string>;
  inCloud: boolean;
  /** Those that declare it, normally one. */
  stacks: string[];
}

export interface ObservedFleet {
  databases: SeenDatabase[];
  /** Whether accounts and Regions are configured: then a request may name one. */
  located: boolean;
  unreachable: UnreachableLocation[];
  unreadStacks: { stack: string; reason: string }[];
  /** What stacks declare that may be a database and cannot be told, a phrase each. */
  unidentified: { stack: string; what: string }[];
}

export interface SweptDatabase extends Pick<TargetDatabase, "identifier" | "account" | "region" | "resourceId"> {
  stack: string;
}

export interface SweepPlan extends PlanBasis {
  sweep: {
    /** Each has a child request. */
    databases: SweptDatabase[];
    located: boolean;
    /** Of the whole fleet: a database that is in no list does not exist. */
    isWhole: boolean;
    /** That no stack declares. */
    unmanaged: UnmanagedDatabase[];
    /** Of which nothing can be known, each with the reason. */
    unread: { identifier: string; account: string; region: string; reason: string }[];
  } & Pick<ObservedFleet, "unreachable" | "unreadStacks" | "unidentified">;
}

export interface UnmanagedDatabase extends TargetDatabase {
  /** As its tags say, which anyone may set. */
  owner: string | null;
}

export const isSweep = (plan: PlanBasis): plan is SweepPlan => "sweep" in plan;

/** Both answers in one list; `isThrowaway` leaves out the copies that runs have made. */
export function fleetSeen(
  cloud: FleetAnswer,
  stacks: StacksAnswer,
  isThrowaway: (database: FleetDatabase | DeclaredDatabase) => boolean,
  located: boolean,
): ObservedFleet {
  const seen = new Map<string, SeenDatabase>();
  for (const one of cloud.asked ? cloud.databases.filter((d) => !isThrowaway(d)) : [])
    seen.set(identityOf(one), { ...bare(one), tags: one.tags, inCloud: true, stacks: [] });
  for (const one of stacks.asked ? stacks.stacks.flatMap((s) => s.databases).filter((d) => !isThrowaway(d)) : []) {
    const known = seen.get(identityOf(one)) ?? { ...bare(one), tags: one.tags, inCloud: false, stacks: [] };
    seen.set(identityOf(one), { ...known, stacks: [...known.stacks, one.stack] });
  }
  const nowhere = { account: "unknown", region: "unknown" };
  return {
    databases: [...seen.values()].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1)),
    located,
    unreachable: cloud.asked ? (cloud.unreachable ?? []) : [{ ...nowhere, reason: cloud.reason }],
    unreadStacks: stacks.asked ? stacks.unread : [{ stack: stacks.backend ?? "the backend", reason: stacks.reason }],
    unidentified: stacks.asked
      ? stacks.stacks.flatMap((s) => s.unidentified.map((what) => ({ stack: s.name, what })))
      : [],
  };
}

const bare = ({ identifier, resourceId, arn, account, region }: TargetDatabase): TargetDatabase => ({
  ...{ identifier, resourceId, arn, account, region },
});

export function planSweep(request: DriftDetectionRequest, observed: ObservedFleet, standard: Standard): SweepPlan {
  const { located } = observed;
  const scope = namedScope(request, filters);
  const ofStacks = ({ stack }: { stack: string }) => fits(request.stack, stack);
  const unreachable = observed.unreachable.filter((one) => isThere(request, one) || one.account === "unknown");
  const unreadStacks = observed.unreadStacks.filter(ofStacks);
  const sweep: SweepPlan["sweep"] = {
    ...{
      databases: [],
      located,
      isWhole: scope === "fleet",
      unmanaged: [],
      unread: [],
      unreachable,
      unreadStacks,
      unidentified: observed.unidentified.filter(ofStacks),
    },
  };
  for (const one of observed.databases.filter((database) => isIn(request, database, standard))) {
    const { identifier, resourceId, account, region } = one;
    const [stack] = one.stacks;
    const unread = (reason: string) => sweep.unread.push({ identifier, account, region, reason });
    const unasked = unreachable.find((at) => at.account === "unknown" || isThere(at, one));
    if (stack === undefined && observed.unreadStacks.length > 0)
      unread(`stack ${observed.unreadStacks[0]!.stack} could not be read, and may declare it`);
    else if (stack === undefined)
      sweep.unmanaged.push({ ...bare(one), owner: one.tags[standard.tags.owner.key] ?? null });
    else if (!one.inCloud && unasked) unread(`${describeLocation(unasked)} could not be reached`);
    else {
      const swept = { identifier, account, region, resourceId, stack };
      const checked = driftDetectionRequest.safeParse(childInput(sweep, swept));
      if (checked.success) sweep.databases.push(swept);
      else unread(checked.error.issues.map(({ message }) => message).join("; "));
    }
  }
  return { target: scope, tags: {}, evidenceValidDays, sweep };
}

/** What the child request of a database asks for: it reads no stack but the one that declares the database. */
export const childInput = ({ located }: Pick<SweepPlan["sweep"], "located">, one: SweptDatabase) => ({
  database: one.identifier,
  stack: one.stack,
  ...(located && { account: one.account, region: one.region }),
});

/** Unique: a database that was replaced is another one. */
export const keyOf = ({ identifier, account, region, resourceId }: Omit<SweptDatabase, "stack">): string =>
  `${identifier}, ${account} ${region} ${resourceId}`;

const isIn = (request: DriftDetectionRequest, one: SeenDatabase, standard: Standard): boolean =>
  isInScope(request, one, standard) &&
  (request.stack === undefined || one.stacks.some((stack) => fits(request.stack, stack)));

/** "shipshape/database.orders: orders has no readable resource id" */
export const unidentifiedText = ({ stack, what }: ObservedFleet["unidentified"][number]): string => `${stack}: ${what}`;

/** "*" is any text. */
function fits(pattern: string | undefined, name: string): boolean {
  if (pattern === undefined) return true;
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(name);
}
