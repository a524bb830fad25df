/** Pure: until when a masked copy stays, and what people decide on. */
import type { RefreshedDatabaseArgs } from "../../../stacks/refreshed-database";
import type { Standard } from "../../../components/standards/standard";
import { copyAlone, type SignedCopy } from "../../copy-records";
import { ShipshapeError } from "../../errors";
import { targetDatabase, type TargetDatabase } from "../../fleet-records";
import { canonicalJson, type PlanBasis } from "../../records";
import { followsStill, heldTo } from "../../tier-of";
import type { ObservedCopy } from "../refresh-removal/plan";
import type { RefreshExtensionRequest } from "./request";

/** A copy as the cloud and its stack have it, with what is signed of it. */
export interface ObservedExtension extends ObservedCopy {
  signed: SignedCopy & { arguments: RefreshedDatabaseArgs };
  /** As its stack declares them today; as the refresh had them, where none declares it any more. */
  sourceTags: Record<string, string>;
  /** The profile of that name as it is today, and how many columns of the copy it would mask; null: there is none. */
  profileToday: { digest: string; columnsMasked: number } | null;
}

export interface RefreshExtensionPlan extends PlanBasis {
  database: TargetDatabase;
  copy: Pick<ObservedCopy, "stack" | "secretsProvider" | "madeBy" | "expiresOn"> & {
    /** The digest of the refresh's statement. */
    evidence: string;
    /** Of the profile that the copy was made with, and of today's. */
    profile: { made: string; today: string | null };
  };
  /** The last day. */
  expiresOn: string;
  arguments: RefreshedDatabaseArgs;
}

/** Errors: extension-refused. */
export function planExtension(
  request: RefreshExtensionRequest,
  observed: ObservedExtension,
  standard: Standard,
): RefreshExtensionPlan {
  const { tags, stack, secretsProvider, expiresOn: before, madeBy, signed, profileToday, identifier } = observed;
  const today = dayOf(observed.observedAt);
  const expiresOn = request.until ?? daysAfter(today, request.retentionDays ?? 0);
  const refused = (problem: string) => new ShipshapeError("extension-refused", { identifier, problem });
  if (expiresOn <= before) throw refused(`it stays until ${before} as it is, which is no earlier than ${expiresOn}`);
  const masked = profileToday?.columnsMasked ?? 0;
  if (profileToday && profileToday.digest !== signed.profile.digest && masked > signed.profile.columnsMasked)
    throw refused(
      `its masking profile ${signed.profile.name} masks ${masked} of its columns today, and masked ${signed.profile.columnsMasked} when it was made`,
    );
  const database = targetDatabase(observed);
  const dataFrom = dayOf(signed.dataFrom);
  const retentionDays = daysBetween(dataFrom, expiresOn);
  const { request: declared } = signed.arguments;
  return {
    target: request.database,
    database,
    tags,
    heldTo: heldTo(tags, standard),
    alone: copyAlone(identifier, database),
    evidenceValidDays: Math.max(1, daysBetween(today, expiresOn)),
    text: textOf(observed, expiresOn, retentionDays),
    copies: {
      source: { database: signed.source.database, tags: strictestTags(observed, standard) },
      to: { account: database.account, environment: declared.environment },
      masked: { profileDigest: signed.profile.digest, schemaDigest: signed.schemaDigest },
      retentionDays,
      dataFrom,
      proof: { refresh: signed.requestId, evidence: signed.evidence, expiresOn: signed.expiresOn },
    },
    copy: {
      ...{ stack, secretsProvider, madeBy, expiresOn: before },
      evidence: signed.evidence,
      profile: { made: signed.profile.digest, today: profileToday?.digest ?? null },
    },
    expiresOn,
    arguments: {
      ...signed.arguments,
      request: { ...declared, maskedCopy: { ...declared.maskedCopy!, expiresOn } },
    },
  };
}

/** Whether it is still that copy, with that end, and nothing that people decided on has changed. */
export const extensionStillHolds = (
  plan: RefreshExtensionPlan,
  observed: ObservedExtension,
  standard: Standard,
): boolean =>
  followsStill(plan, standard) &&
  plan.database.resourceId === observed.resourceId &&
  plan.copy.expiresOn === observed.expiresOn &&
  plan.copy.evidence === observed.signed.evidence &&
  plan.copy.profile.today === (observed.profileToday?.digest ?? null) &&
  canonicalJson(plan.tags) === canonicalJson(observed.tags) &&
  canonicalJson(plan.copies?.source.tags) === canonicalJson(strictestTags(observed, standard));

/**
 * Whose the source is, it is today; how sensitive its data is, the stricter of both says: that its source is classified
 * lower today says nothing of the rows that the copy has.
 */
function strictestTags(
  { signed, sourceTags }: Pick<ObservedExtension, "signed" | "sourceTags">,
  { dataClassifications, tags: { dataClassification } }: Standard,
): Record<string, string> {
  const { key } = dataClassification;
  const rank = (tags: Record<string, string>) => {
    const at = dataClassifications.findIndex((one) => one === tags[key]);
    return at < 0 ? Infinity : at;
  };
  const stricter = rank(signed.source.tags) > rank(sourceTags) ? signed.source.tags : sourceTags;
  const { [key]: _, ...others } = sourceTags;
  return stricter[key] === undefined ? others : { ...others, [key]: stricter[key] };
}

function textOf(
  { identifier, expiresOn: before, signed, profileToday }: ObservedExtension,
  expiresOn: string,
  retentionDays: number,
): string {
  const { profile, extensions, dataFrom } = signed;
  const profileNow =
    profileToday === null
      ? `there is no masking profile ${profile.name} any more`
      : profileToday.digest === profile.digest
        ? `its masking profile ${profile.name} is still the same`
        : `its masking profile ${profile.name} has changed since it was made, and masks no more of its columns`;
  return [
    `${identifier} stays until ${expiresOn} instead of ${before}: ${retentionDays} days from the day of its data, ${dayOf(dataFrom)}.`,
    `It was made by refresh ${signed.requestId} and extended ${extensions.length === 1 ? "once" : `${extensions.length} times`} before; ${profileNow}.`,
    "Nothing else is to change; its stack is brought up as today's standard says.",
  ].join("\n");
}

export const dayOf = (moment: string): string => moment.slice(0, 10);
const daysAfter = (day: string, days: number): string =>
  dayOf(new Date(Date.parse(day) + days * 86_400_000).toISOString());
const daysBetween = (day: string, other: string): number => (Date.parse(other) - Date.parse(day)) / 86_400_000;
