/**
 * Checks whether the cloud shows what delivered changes were to bring about. Not in the sweep, which a cloud that
 * answers slowly must not hold up. People see the result in the finding of the request.
 */
import { raiseFinding } from "./alerts";
import type { ControlPlaneDatabase, Database } from "./database";
import { reasonOf } from "./errors";
import {
  describeLocation,
  identityOf,
  type ExpectedChange,
  type ExpectedStatus,
  type InstanceProperties,
  type PropertiesAnswer,
  type StacksAnswer,
} from "./fleet-records";
import { expectedChangesMax, expectedLookMilliseconds, expectedLookSeconds } from "./limits";
import { closeFinding, isFindingOpen } from "./review/findings";
import { askBackend } from "./runner/backend-stacks";
import { withDeclared } from "./runner/declared-databases";
import { expectedChangesOf, setExpected, takeChangesToLookFor, type ChangeToLookFor } from "./runner/expected-changes";
import { keepDoing } from "./runner/keep-doing";
import type { StackContext } from "./runner/stack-state";

/** What the cloud says, or why it does not. */
type CloudAnswer = InstanceProperties | { unread: string };

/** Looks again and again, until it is stopped. */
export const startExpecting = (
  database: ControlPlaneDatabase,
  ask: () => Promise<PropertiesAnswer>,
  stacks: StackContext | undefined,
) =>
  keepDoing("the look for expected changes", expectedLookMilliseconds, () =>
    lookForExpected(database, ask, stacks && (() => askBackend(stacks))),
  );

/**
 * One look. It asks the cloud only if something is expected that nobody has looked for lately, and the stacks only if
 * that is of a role: stacks that cannot be read say nothing of what the RDS API answers.
 */
export async function lookForExpected(
  database: Database,
  ask: () => Promise<PropertiesAnswer>,
  askStacks?: () => Promise<StacksAnswer>,
): Promise<void> {
  const taken = await takeChangesToLookFor(database, expectedLookSeconds, expectedChangesMax);
  if (taken.length === 0) return;
  const clouds = await ask().catch((error: unknown) => reasonOf(error));
  const declared = taken.some(isOfRole) ? await askStacks?.() : undefined;
  const withRoles = declared ? withStacks(clouds, declared) : clouds;
  for (const change of taken) {
    const answer = answerAbout(change, isOfRole(change) ? withRoles : clouds);
    await database.transaction((transaction) => record(transaction, change, answer));
  }
}

/** One such as `readwrite.generation` is in no answer of the RDS API. */
const isOfRole = ({ property }: ChangeToLookFor): boolean => property.includes(".");

function withStacks(clouds: PropertiesAnswer | string, declared: StacksAnswer): PropertiesAnswer | string {
  if (typeof clouds === "string") return clouds;
  try {
    return { ...clouds, answered: clouds.answered.map((cloud) => withDeclared(cloud, declared)) };
  } catch (error) {
    return reasonOf(error);
  }
}

/** What its own account and Region said. Without a list of them, only the environment's was asked. */
export function answerAbout({ database }: ChangeToLookFor, clouds: PropertiesAnswer | string): CloudAnswer {
  if (typeof clouds === "string") return { unread: clouds };
  const isThere = (one: { account: string | undefined; region: string }) =>
    one.account === database.account && one.region === database.region;
  const { answered, unreachable } = clouds;
  const unread = unreachable.find(isThere) ?? unreachable.find((one) => one.account === "unknown");
  return answered.find(isThere) ?? { unread: unread?.reason ?? `${describeLocation(database)} was not asked` };
}

async function record(transaction: Database, change: ChangeToLookFor, cloud: CloudAnswer): Promise<void> {
  const { requestId } = change;
  const finding = `${requestId}.verdict`;
  const { status, found, summary } = judged(change, cloud, await isFindingOpen(transaction, finding));
  if (!(await setExpected(transaction, change, status, found))) return;
  if (status === "overdue") await raiseFinding(transaction, requestId, "change-overdue", summary);
  if (status === "contradicted") await raiseFinding(transaction, requestId, "change-contradicted", summary);
  const all = await expectedChangesOf(transaction, requestId);
  if (all.every((one) => one.status === "seen" || one.status === "replaced")) await closeFinding(transaction, finding);
}

/** Pure: what is to be recorded of one expected change. */
export function judged(
  change: ChangeToLookFor,
  cloud: CloudAnswer,
  isFindingOpen: boolean,
): { status: ExpectedStatus; found: ExpectedChange["found"]; summary: string } {
  const { database, property, from, to, until, isLate, isReplaced } = change;
  const about = `${property} of ${database.identifier}`;
  const isAsked = !("unread" in cloud) && cloud.account === database.account && cloud.region === database.region;
  const instance = isAsked ? cloud.instances.get(identityOf(database)) : undefined;
  const found = instance?.[property] ?? null;
  const as = (status: ExpectedStatus, summary = "") => ({ status, found: isAsked ? found : change.found, summary });
  if (instance && found === to) return as("seen");
  if (isReplaced) return as("replaced");
  if (!isFindingOpen) return as("dropped");
  if (isAsked && !instance) return as("contradicted", `${about} was to become ${text(to)}: the database is gone`);
  if (instance && found !== from)
    return as(
      "contradicted",
      `${about} is ${text(found)}: neither ${text(from)}, as it was, nor ${text(to)}, as delivered`,
    );
  if (!isLate) return as(change.status);
  const seen = isAsked
    ? `it is ${text(found)}`
    : `the cloud could not be asked${"unread" in cloud ? `: ${cloud.unread}` : ""}`;
  return as("overdue", `${about} was to become ${text(to)} until ${until.toISOString().slice(0, 16)}Z, and ${seen}`);
}

const text = (value: ExpectedChange["to"]): string => (value === null ? "unset" : String(value));
