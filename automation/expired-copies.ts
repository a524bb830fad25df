/** Masked copies whose time is over: their removal is requested, once. */
import { copyTagKeys, stackTag } from "../components/standards/fixed";
import { copyStack, identityOf, type DeclaredDatabase, type FleetAnswer, type FleetDatabase } from "./fleet-records";
import { recentOf } from "./observability/due-drills";
import { askBackend } from "./runner/backend-stacks";
import { recentRequests } from "./runner/recent-requests";
import type { StackContext } from "./runner/stack-state";
import type { Submitting } from "./schedule";

const OPERATION = "refresh-removal";

export interface SubmittedRemoval {
  requestId: string;
  identifier: string;
  expiredOn: string;
}

export interface DueRemovals {
  now: Date;
  requestedBy: string;
  /** Where the stacks are; if they cannot be read, tags in the cloud decide alone. */
  stacks: StackContext;
}

/**
 * By what their stacks say, and by their tags in the cloud: neither a tag that was changed there nor a stack that cannot
 * be read keeps a copy. Whether a refresh has made them, the operation finds out. Pure.
 */
export function expiredCopies(
  databases: readonly FleetDatabase[],
  declared: readonly DeclaredDatabase[],
  now: Date,
): { copy: FleetDatabase; expiredOn: string }[] {
  const today = now.toISOString().slice(0, 10);
  const declaredOf = new Map(declared.map((one) => [identityOf(one), one.tags]));
  return databases.flatMap((copy) => {
    const [expiredOn] = [copy.tags, declaredOf.get(identityOf(copy)) ?? {}]
      .map((tags) => tags[copyTagKeys.expiresOn] ?? "")
      .filter((day) => /^\d{4}-\d\d-\d\d$/.test(day) && day < today)
      .sort();
    return expiredOn === undefined ? [] : [{ copy, expiredOn }];
  });
}

/**
 * Whether its removal is not requested now: one is open, or one was carried out and failed within the day. One that was
 * denied or cancelled postpones it for an hour only, so that a schedule does not fill the records with denials. Pure.
 */
export const isPostponed = (
  recent: readonly Pick<Awaited<ReturnType<typeof recentRequests>>[number], "isOpen" | "carriedOut" | "ofLastHour">[],
): boolean => recent.some(({ isOpen, carriedOut, ofLastHour }) => isOpen || carriedOut > 0 || ofLastHour > 0);

/** Of databases with a tag of a copy: a team's own may have one. Pure. */
const stacksOfCopies = (databases: readonly FleetDatabase[]): ReadonlySet<string> =>
  new Set(
    databases
      .filter(({ tags }) => Object.values(copyTagKeys).some((key) => tags[key] !== undefined))
      .flatMap(({ tags }) => tags[stackTag] ?? []),
  );

/** Submits the removals that are due at that moment: all of them, or none if this process is killed. */
export async function submitDueRemovals(
  controlPlane: Submitting,
  fleet: FleetAnswer,
  { now, requestedBy, stacks }: DueRemovals,
): Promise<SubmittedRemoval[]> {
  const ofTeams = stacksOfCopies(fleet.asked ? fleet.databases : []);
  const answer = await askBackend(
    stacks,
    (stack) => stack.split("/").at(-1)!.startsWith(copyStack("")) || ofTeams.has(stack.split("/").slice(-2).join("/")),
  );
  const declared = answer.asked ? answer.stacks.flatMap(({ databases }) => databases) : [];
  return controlPlane.database.transaction(async (t) => {
    await t.query("select pg_advisory_xact_lock(hashtext('shipshape schedule'))");
    const requestsOf = recentOf(await recentRequests(t, OPERATION, now, []));
    const submitted: SubmittedRemoval[] = [];
    for (const { copy, expiredOn } of expiredCopies(fleet.asked ? fleet.databases : [], declared, now)) {
      if (isPostponed(requestsOf(copy))) continue;
      const { identifier, account, region } = copy;
      const several = fleet.asked && (fleet.clouds?.length ?? 0) + (fleet.unreachable?.length ?? 0) > 1;
      const by = { requestedBy, reason: `scheduled: it expired on ${expiredOn}` };
      const input = { database: identifier, ...(several && { account, region }) };
      submitted.push({ requestId: await controlPlane.submit(t, OPERATION, input, by), identifier, expiredOn });
    }
    return submitted;
  });
}
