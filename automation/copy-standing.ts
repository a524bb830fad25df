/**
 * Pure: what the signed log proves of a masked copy. Anyone who may tag a database can say that it is one, so tags are
 * not read here: only statements about its resource id.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { RefreshedDatabaseArgs } from "../stacks/refreshed-database";
import { copyStepName, type CopyStanding, type SignedCopy } from "./copy-records";
import type { LogContent, LogEntry } from "./evidence/reading";
import { identityOf, targetDatabase, type TargetDatabase } from "./fleet-records";
import type { CopyScope } from "./masking/scope";

const stateSchema = z.object({
  transaction: z.string(),
  rows: z.number(),
  definitions: z.record(z.string(), z.string()),
});
const databaseSchema = z.looseObject({ identifier: z.string(), resourceId: z.string(), arn: z.string() });
/** What is read of a refresh: its plan, and what it has done. */
const refreshSchema = z.looseObject({
  requestId: z.string(),
  request: z.looseObject({ requestedBy: z.string() }),
  verdict: z.string(),
  run: z.string(),
  begun: z.array(z.string()).optional(),
  teardown: z.enum(["follows", "none"]),
  plan: z.looseObject({
    profile: z.looseObject({ name: z.string(), digest: z.string(), columnsMasked: z.number() }),
    copies: z.looseObject({
      source: z.looseObject({
        database: databaseSchema.extend({ account: z.string(), region: z.string() }),
        tags: z.record(z.string(), z.string()),
      }),
      masked: z.looseObject({ schemaDigest: z.string() }),
    }),
    scope: z.unknown().optional(),
    copy: z.looseObject({
      existing: databaseSchema.nullable(),
      expiresOn: z.iso.date(),
      arguments: z.unknown(),
    }),
  }),
  outcome: z
    .looseObject({
      target: databaseSchema.nullable(),
      copied: z.unknown(),
      compared: z.unknown().optional(),
      handedOver: z.unknown(),
      leaks: z.unknown().optional(),
      recoveryPoint: z.string().nullable(),
    })
    .nullish(),
});
const extensionSchema = z.looseObject({
  requestId: z.string(),
  verdict: z.literal("pass"),
  plan: z.looseObject({ expiresOn: z.iso.date(), copy: z.looseObject({ madeBy: z.string() }) }),
});
type Refresh = z.infer<typeof refreshSchema>;

const [refreshes, extensions, removals] = ["environment-refresh", "refresh-extension", "refresh-removal"] as const;
/** The operations whose statements are read. */
export const operationsOfCopies = [refreshes, extensions, removals] as const;

/** What is known of a database as a masked copy, on a day. */
export const copyStanding = (log: LogContent, database: TargetDatabase, now: Date): CopyStanding =>
  copyStandings(log, now)(database);

/** The same of any number of databases, for which the log is gone through once. */
export function copyStandings(
  { entries, problems }: LogContent,
  now: Date,
): (database: TargetDatabase) => CopyStanding {
  const newestInto = new Map<string, { entry: LogEntry; refresh: Refresh }>();
  for (const { entry, predicate } of verdicts(entries, refreshes)) {
    const read = refreshSchema.safeParse(predicate);
    if (read.success && hasWritten(read.data))
      for (const own of targetsOf(read.data)) newestInto.set(own, { entry, refresh: read.data });
  }
  const others = { extensions: verdicts(entries, extensions), removals: verdicts(entries, removals) };
  const lost = Math.max(-1, ...problems.flatMap((problem) => problem.lost?.position ?? []));
  return (database) => standingOf(newestInto.get(identityOf(database)), { database, ...others, lost, now });
}

interface Known {
  database: TargetDatabase;
  extensions: ReturnType<typeof verdicts>;
  removals: ReturnType<typeof verdicts>;
  /** The last statement that cannot be read. */
  lost: number;
  now: Date;
}

function standingOf(
  newest: { entry: LogEntry; refresh: Refresh } | undefined,
  { database, extensions, removals, lost, now }: Known,
): CopyStanding {
  const own = identityOf(database);
  if (lost > (newest?.entry.position ?? -1))
    return { standing: "unknown", reason: "a statement in the evidence log cannot be read and may be about it" };
  if (!newest) return { standing: "none", reason: "no signed statement of a refresh is about this database" };
  const { entry, refresh } = newest;
  const dataFrom = refresh.outcome?.recoveryPoint ?? null;
  if (!hasMade(refresh, own) || dataFrom === null)
    return {
      standing: "withdrawn",
      reason: `refresh ${refresh.requestId} wrote to it, and did not find its data clean and whole (${refresh.verdict})`,
    };
  const removal = removals.find(
    ({ entry: { position }, predicate: { database: of, verdict } }) =>
      verdict === "pass" && of && identityOf(of) === own && position > entry.position,
  );
  if (removal) return { standing: "none", reason: `its copy was removed, by request ${removal.predicate.requestId}` };
  const copy = signedCopy(entry, refresh, dataFrom);
  for (const extension of extensionsOf(extensions, own, refresh.requestId, entry.position)) {
    copy.extensions.push(extension.requestId);
    copy.expiresOn = extension.plan.expiresOn;
  }
  if (now.toISOString().slice(0, 10) > copy.expiresOn)
    return { standing: "expired", copy, reason: `it was approved until ${copy.expiresOn}` };
  return { standing: "proven", copy };
}

const verdicts = (entries: readonly LogEntry[], operation: string) =>
  entries.flatMap((entry) =>
    entry.run?.kind === "verdict" && entry.run.predicate.operation === operation
      ? [{ entry, predicate: entry.run.predicate }]
      : [],
  );

/** The instance that it has made, or was to replace the copy in. */
const targetsOf = ({ outcome, plan }: Refresh): string[] =>
  [outcome?.target, plan.copy.existing].flatMap((one) => (one ? [identityOf(targetDatabase(one))] : []));

/** One without an outcome may have, if it had begun to copy; earlier statements say only whether it had begun at all. */
function hasWritten({ outcome, begun, teardown }: Refresh): boolean {
  if (outcome) return (outcome.copied ?? outcome.compared ?? null) !== null;
  return begun ? begun.includes(copyStepName) : teardown === "follows";
}

const hasMade = ({ verdict, run, outcome }: Refresh, own: string): boolean =>
  verdict === "pass" &&
  run === "succeeded" &&
  Boolean(outcome?.handedOver) &&
  Boolean(outcome?.target) &&
  identityOf(targetDatabase(outcome!.target!)) === own;

const signedCopy = (
  { envelope }: LogEntry,
  { requestId, request, plan, outcome }: Refresh,
  dataFrom: string,
): SignedCopy => ({
  requestId,
  requestedBy: request.requestedBy,
  evidence: createHash("sha256").update(envelope).digest("hex"),
  source: { database: plan.copies.source.database, tags: plan.copies.source.tags },
  profile: {
    name: plan.profile.name,
    digest: plan.profile.digest,
    columnsMasked: plan.profile.columnsMasked,
  },
  schemaDigest: plan.copies.masked.schemaDigest,
  dataFrom,
  expiresOn: plan.copy.expiresOn,
  extensions: [],
  // Written by our plan, and signed.
  arguments: plan.copy.arguments as RefreshedDatabaseArgs | undefined,
  scope: plan.scope as CopyScope | undefined,
  handedOverAt: z.object({ at: z.string() }).safeParse(outcome?.handedOver).data?.at,
  state: z.object({ state: stateSchema }).safeParse(outcome?.leaks).data?.state,
});

/** Those of the copy that the refresh has made: an older copy in the same instance was extended for itself. */
const extensionsOf = (extensions: Known["extensions"], own: string, refresh: string, from: number) =>
  extensions.flatMap(({ entry, predicate }) => {
    const read = extensionSchema.safeParse(predicate);
    const isOurs = predicate.database && identityOf(predicate.database) === own && entry.position > from;
    return read.success && isOurs && read.data.plan.copy.madeBy === refresh ? [read.data] : [];
  });
