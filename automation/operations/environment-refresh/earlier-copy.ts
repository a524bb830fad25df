/** Pure: which masked copy another one may be made of, by a snapshot, and what people decide on then. */
import type { RefreshedDatabaseArgs } from "../../../stacks/refreshed-database";
import { copyTagKeys } from "../../../components/standards/fixed";
import type { Standard } from "../../../components/standards/standard";
import type { CopyStanding, CopyState, DataCopy } from "../../copy-records";
import { ShipshapeError } from "../../errors";
import { identityOf, type TargetDatabase } from "../../fleet-records";
import type { CopyScope } from "../../masking/scope";
import { canonicalJson } from "../../records";
import type { DeclaredShape } from "./declared-shape";

/** A masked copy, by what is signed of it. */
export interface EarlierCopy {
  database: TargetDatabase;
  /** The refresh that made it, and the digest of its statement. */
  madeBy: string;
  evidence: string;
  /** The last day of that statement. */
  expiresOn: string;
  dataFrom: string;
  handedOverAt: string;
  /** As it was searched. */
  state: CopyState;
  scope?: CopyScope;
}

/** What it has to fit. */
export interface EarlierTerms {
  source: TargetDatabase;
  sourceTags: Record<string, string>;
  shape: DeclaredShape;
  profileDigest: string;
  schemaDigest: string;
  platformStack: string;
  /** The copy that is to be made, and whether something has its name. */
  identifier: string;
  isTaken: boolean;
}

/** A database as the cloud has it, with what is known of it as a copy. */
export interface EarlierLook {
  database: TargetDatabase;
  tags: Record<string, string>;
  /** The request by which its removal has begun. */
  removal: string | undefined;
  standing: CopyStanding;
}

/** Errors: refresh-copy-unfit, with everything that keeps it from being the origin of another one. */
export function earlierCopy(look: EarlierLook, terms: EarlierTerms, standard: Standard): EarlierCopy {
  const { database, standing, removal } = look;
  const unfit = (problem: string) => new ShipshapeError("refresh-copy-unfit", { copy: database.identifier, problem });
  if (standing.standing !== "proven") throw unfit(standing.reason);
  const { copy } = standing;
  const { requestId: madeBy, evidence, expiresOn, dataFrom, handedOverAt, state, scope } = copy;
  if (!state || !handedOverAt)
    throw unfit("its refresh has not recorded what was searched: an earlier version did it, or it is made of another");
  const problems = [
    ...(removal ? [`its removal has begun, by request ${removal}`] : []),
    ...(look.tags[copyTagKeys.request] === madeBy ? [] : ["its tags name another refresh than its statement"]),
    ...(identityOf(copy.source.database) === identityOf(terms.source)
      ? []
      : [`it is a copy of ${copy.source.database.identifier}`]),
    ...differing(copy, look.tags, terms, standard),
    ...(terms.isTaken
      ? [`${terms.identifier} is there already, and only a new database can be restored: remove it first`]
      : []),
  ];
  if (problems.length > 0) throw unfit(problems.join("; "));
  return { database, madeBy, evidence, expiresOn, dataFrom, handedOverAt, state, ...(scope && { scope }) };
}

/** What was approved for it must be what would be approved today. */
function differing(
  copy: Extract<CopyStanding, { standing: "proven" }>["copy"],
  tags: Record<string, string>,
  { profileDigest, schemaDigest, sourceTags, shape, platformStack }: EarlierTerms,
  { tags: { dataClassification } }: Standard,
): string[] {
  const declared: Partial<RefreshedDatabaseArgs["request"]> = copy.arguments?.request ?? {};
  const isOther = (Object.keys(shape) as (keyof DeclaredShape)[]).filter(
    (name) => canonicalJson(shape[name]) !== canonicalJson(declared[name] ?? null),
  );
  const { key } = dataClassification;
  return [
    ...(copy.profile.digest === profileDigest ? [] : ["the masking profile has changed since it was masked"]),
    ...(copy.schemaDigest === schemaDigest ? [] : ["the schema of its source has changed since it was made"]),
    ...(sourceTags[key] !== undefined && tags[key] === sourceTags[key]
      ? []
      : [`it is declared for ${tags[key] ?? "unclassified"} data, and its source has ${sourceTags[key] ?? "none"}`]),
    ...(isOther.length > 0 ? [`it is declared otherwise than its source: ${isOther.join(", ")}`] : []),
    ...(copy.arguments?.platformStack === platformStack ? [] : ["it is on another platform"]),
  ];
}

/** Unique by the request. */
export const snapshotName = (requestId: string): string => `${snapshotPrefix}${requestId}`;
const snapshotPrefix = "shipshape-copy-";

/** Undefined: it is no snapshot of a refresh. */
export const requestOfSnapshot = (name: string): string | undefined =>
  name.startsWith(snapshotPrefix) ? name.slice(snapshotPrefix.length) : undefined;

/** What rules judge by: its data is as old as that of the earlier copy, whose proof is its own. */
export function ofEarlier(
  { database, dataFrom, madeBy, evidence, expiresOn: provenUntil }: EarlierCopy,
  expiresOn: string,
): Pick<DataCopy, "dataFrom" | "retentionDays" | "proof" | "madeOf"> {
  const day = dataFrom.slice(0, 10);
  return {
    dataFrom: day,
    retentionDays: (Date.parse(expiresOn) - Date.parse(day)) / 86_400_000,
    proof: { refresh: madeBy, evidence, expiresOn: provenUntil },
    madeOf: database.identifier,
  };
}

/** What people approve. */
export function textOfEarlier(
  { database, madeBy, dataFrom, handedOverAt, state, scope }: EarlierCopy,
  source: string,
  identifier: string,
): string {
  return [
    `${identifier} is restored from a snapshot of ${database.identifier}, the masked copy of ${source} as of ${dataFrom} that refresh ${madeBy} handed over at ${handedOverAt}.`,
    `${partOf(scope)} Nothing is restored from ${source}, and no row is masked or searched.`,
    `It is handed over only if its ${state.rows} rows and its definitions are those that were searched then: one row that people have written since ends it.`,
  ].join("\n");
}

export const partOf = (scope: CopyScope | undefined): string =>
  scope === undefined
    ? "It has all of it."
    : scope.kind === "schema"
      ? "It has the schema alone, without rows."
      : scope.kind === "tables"
        ? `It has the rows of ${scope.tables.length} tables alone.`
        : `It has a subset alone, ${scope.name} (digest ${scope.digest.slice(0, 12)}).`;

/** Of the `up` that restores it: until it is compared, no client may connect. */
export function restoringArguments(
  { request, ...given }: RefreshedDatabaseArgs,
  snapshotIdentifier: string,
): RefreshedDatabaseArgs {
  return { ...given, reachableFrom: {}, request: { ...request, restoreFrom: { snapshotIdentifier } } };
}
