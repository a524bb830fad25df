/** Pure: which version each database runs, against what the standard approves and RDS offers and supports. */
import type { Standard } from "../../components/standards/standard";
import type { TargetDatabase } from "../fleet-records";
import { majorOf, minorOf, type OfferedVersions, type RunningVersion } from "../version-records";
import { supportWarningDays } from "./limits";
import { nextTrainOf, type NextTrain, type OpenTrain } from "./next-train";
import { releasedOn } from "./postgres-releases";

/** What is looked at of a database. */
export type KnownVersion = Omit<
  RunningVersion,
  "status" | "pending" | "replicas" | "parametersWait" | "backupRetentionDays" | "parameterGroup" | "managesPassword"
>;

/**
 * not-approved: the standard allows neither the major, or not any more, nor the minor. unsupported: RDS's standard
 * support has ended. behind: RDS offers a newer minor. current: none of these. replaced: a switchover has given its name
 * to another, and nobody patches it.
 */
export type PatchLevel = "not-approved" | "unsupported" | "behind" | "current" | "replaced";
export const patchLevels = [
  "not-approved",
  "unsupported",
  "behind",
  "current",
  "replaced",
] as const satisfies readonly PatchLevel[];

export interface PatchStatus {
  database: TargetDatabase;
  owner: string | null;
  tier: string | null;
  environment: string | null;
  engineVersion: string;
  level: PatchLevel;
  /** Why it has that level, a sentence each. */
  reasons: string[];
  /** The newest minor of its major that RDS upgrades it to in one step; its own version if there is none. */
  newestMinor: string;
  minorsBehind: number;
  /** Since the first release that it lacks; null if it lacks none, or that day is not in our table. */
  daysBehind: number | null;
  /** The last day of RDS's standard support of its major; null where the API does not say. */
  supportEnds: string | null;
  /** The train that takes it to a newer version; null: none that is known. */
  nextTrain: NextTrain | null;
  /** What else changes its version, or ends its support: a sentence each. */
  notices: string[];
}

/** Of an instance that a switchover has replaced: the request that has done so. */
type ReplacedBy = (database: KnownVersion) => { requestId: string } | undefined;

/** The worst come first; of the same level those that are the longest behind. */
export function patchStatuses(
  databases: readonly KnownVersion[],
  offerOf: (database: TargetDatabase) => OfferedVersions | undefined,
  standard: Standard,
  today: string,
  trains: readonly OpenTrain[] = [],
  replacedBy: ReplacedBy = () => undefined,
): PatchStatus[] {
  const rank = ({ level }: PatchStatus) => patchLevels.indexOf(level);
  return databases
    .map((one): PatchStatus => {
      const replaced = replacedBy(one);
      const status = patchStatus(one, offerOf(one), standard, today);
      if (!replaced) return { ...status, nextTrain: nextTrainOf(one, trains) };
      return { ...status, level: "replaced", reasons: [keptUntilRetired(replaced)], nextTrain: null };
    })
    .sort(
      (one, other) =>
        rank(one) - rank(other) ||
        (other.daysBehind ?? -1) - (one.daysBehind ?? -1) ||
        (one.database.identifier < other.database.identifier ? -1 : 1),
    );
}

/** What is said wherever such an instance is listed. */
export const keptUntilRetired = ({ requestId }: { requestId: string }): string =>
  `request ${requestId} has replaced it; it is kept until \`retire-replaced-instance\` deletes it`;

function patchStatus(
  one: KnownVersion,
  offer: OfferedVersions | undefined,
  standard: Standard,
  today: string,
): Omit<PatchStatus, "nextTrain"> {
  const { identifier, resourceId, arn, account, region, engineVersion: version, tags } = one;
  const minors = (offer?.targets[version] ?? [])
    .filter(({ isMajor }) => !isMajor)
    .map((target) => target.version)
    .sort((a, b) => minorOf(a) - minorOf(b));
  const newestMinor = minors.at(-1) ?? version;
  const minorsBehind = Math.max(0, minorOf(newestMinor) - minorOf(version));
  const firstMissing = releasedOn(`${majorOf(version)}.${minorOf(version) + 1}`);
  const supportEnds = offer?.support[majorOf(version)]?.standardEnds ?? null;
  const unapproved = whyNotApproved(version, standard, today);
  const unsupported =
    supportEnds !== null && supportEnds < today
      ? [`RDS's standard support of ${majorOf(version)} ended on ${supportEnds}`]
      : [];
  const behind = minorsBehind > 0 ? [`RDS offers ${newestMinor}`] : [];
  const level =
    unapproved.length > 0
      ? "not-approved"
      : unsupported.length > 0
        ? "unsupported"
        : behind.length > 0
          ? "behind"
          : "current";
  return {
    database: { identifier, resourceId, arn, account, region },
    owner: tags[standard.tags.owner.key] ?? null,
    tier: tags[standard.tags.tier.key] ?? null,
    environment: tags[standard.tags.environment.key] ?? null,
    engineVersion: version,
    level,
    reasons: [...unapproved, ...unsupported, ...behind],
    newestMinor,
    minorsBehind,
    daysBehind: minorsBehind > 0 && firstMissing !== undefined ? daysFrom(firstMissing, today) : null,
    supportEnds,
    notices: noticesOf(one, supportEnds, today),
  };
}

function whyNotApproved(version: string, { postgres }: Standard, today: string): string[] {
  const majors: Readonly<Record<string, { minimumMinor: number; approvedUntil: string } | undefined>> = postgres.majors;
  const major = majors[majorOf(version)];
  if (!major) return [`the standard has no major ${majorOf(version)}, only ${Object.keys(majors).join(", ")}`];
  if (major.approvedUntil < today) return [`the standard approved ${majorOf(version)} until ${major.approvedUntil}`];
  return minorOf(version) < major.minimumMinor
    ? [`the standard's minimum is ${majorOf(version)}.${major.minimumMinor}`]
    : [];
}

function noticesOf(one: KnownVersion, supportEnds: string | null, today: string): string[] {
  const left = supportEnds === null ? undefined : daysFrom(today, supportEnds);
  const order = one.rolloutOrder === null ? "" : `, in the order "${one.rolloutOrder}" of AWS's rollout policy`;
  return [
    ...(one.pendingVersion === null
      ? []
      : [`${one.pendingVersion} is pending and applied in the window ${one.maintenanceWindow}`]),
    ...(one.autoMinorVersionUpgrade ? [`RDS upgrades its minor in the window when it chooses to${order}`] : []),
    ...one.maintenance.map(
      ({ action, appliedAfter }) =>
        `AWS has scheduled ${action}${appliedAfter === null ? "" : `, applied from ${appliedAfter} on without being asked`}`,
    ),
    ...(one.replicaOf === null ? [] : [`a replica of ${one.replicaOf}: it is patched with it`]),
    ...(left !== undefined && left >= 0 && left <= supportWarningDays
      ? [`RDS's standard support of ${majorOf(one.engineVersion)} ends in ${left} days, on ${supportEnds}`]
      : []),
  ];
}

const daysFrom = (day: string, to: string): number => Math.round((Date.parse(to) - Date.parse(day)) / 86_400_000);
