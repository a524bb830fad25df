/** Pure: which copy is removed, whether its time is over, and what stays of a team's own database. */
import type { Standard } from "../../../components/standards/standard";
import { copyAlone } from "../../copy-records";
import { targetDatabase, type PlannedChange, type TargetDatabase } from "../../fleet-records";
import { canonicalJson, type PlanBasis } from "../../records";
import { planStackChange, stackChangeHolds, type ObservedStack } from "../../runner/stack-change";
import type { TargetNames } from "../../targets/masked-copy/target-database";
import { followsStill, heldTo } from "../../tier-of";
import type { RefreshRemovalRequest } from "./request";

/** A copy that a refresh has made, as the cloud and its stack both describe it. */
export interface ObservedCopy {
  observedAt: string;
  identifier: string;
  arn: string;
  resourceId: string;
  tags: Record<string, string>;
  stack: string;
  secretsProvider: string | null;
  /** The last day that was approved for it. */
  expiresOn: string;
  /** The refresh. */
  madeBy: string;
  /** If it is in a database that a team has declared. */
  team?: { stack: ObservedStack; declared: DeclaredContent };
}

/** What a StandardDatabase has in its database. */
export interface DeclaredContent {
  databaseName: string;
  schemas: string[];
  extensions: string[];
}

/** An empty database takes its place; the instance stays. */
export interface Emptying {
  /** Its stack no longer says that it is a copy. */
  change: PlannedChange;
  declared: DeclaredContent;
  names: TargetNames;
}

export interface RefreshRemovalPlan extends PlanBasis {
  database: TargetDatabase;
  copy: Pick<ObservedCopy, "stack" | "secretsProvider" | "madeBy"> & { team?: Emptying };
}

/** The proof that a copy is gone does not expire; statements have an end, and auditors ask for a year. */
const evidenceValidDays = 365;

export function planRemoval(
  request: RefreshRemovalRequest,
  observed: ObservedCopy,
  requestId: string,
  standard: Standard,
): RefreshRemovalPlan {
  const { tags, stack, secretsProvider, expiresOn, madeBy } = observed;
  const database = targetDatabase(observed);
  const team = observed.team && emptying(observed.team, requestId);
  return {
    target: request.database,
    database,
    tags,
    heldTo: heldTo(tags, standard),
    alone: copyAlone(observed.identifier, database),
    evidenceValidDays,
    removes: { expiresOn, isOver: observed.observedAt.slice(0, 10) > expiresOn },
    ...(team && { text: textOf(team, request.database) }),
    copy: { stack, secretsProvider, madeBy, ...(team && { team }) },
  };
}

function emptying({ stack, declared }: NonNullable<ObservedCopy["team"]>, requestId: string): Emptying {
  const wanted = {
    set: [{ path: ["maskedCopy"] }],
    why: "The masked copy in it was removed: an empty database has its place.",
    requestId,
    expected: [],
  };
  const suffix = requestId.replaceAll("-", "_");
  return {
    change: planStackChange(wanted, stack),
    declared,
    names: { name: declared.databaseName, hidden: `shipshape_empty_${suffix}`, aside: `shipshape_before_${suffix}` },
  };
}

const textOf = ({ change, declared }: Emptying, identifier: string): string =>
  `What is in the database ${declared.databaseName} of ${identifier} is lost for good: an empty one takes its place, with the
schemas, extensions and privileges that ${change.stack} declares. Address, roles, logins and passwords stay.
The instance stays: its storage and its backups keep freed blocks of masked data.

${change.stack} is changed:

${change.text}`;

/** Whether it is still that copy, with that end. */
export const removalStillHolds = (plan: RefreshRemovalPlan, observed: ObservedCopy, standard: Standard): boolean =>
  followsStill(plan, standard) &&
  plan.database.resourceId === observed.resourceId &&
  plan.removes?.expiresOn === observed.expiresOn &&
  teamStillHolds(plan.copy.team, observed.team) &&
  canonicalJson(plan.tags) === canonicalJson(observed.tags);

const teamStillHolds = (planned: Emptying | undefined, observed: ObservedCopy["team"]): boolean =>
  planned === undefined || observed === undefined
    ? planned === observed
    : canonicalJson(planned.declared) === canonicalJson(observed.declared) &&
      stackChangeHolds(planned.change, observed.stack);
