/** Pure: judges a refresh, and says what may be claimed of its copy. */
import type { LeakReport } from "../../masking/leak-report";
import type { CopyScope } from "../../masking/scope";
import { verdictOf, type Check, type Verdict } from "../../records";
import type { CopyValidation } from "../../targets/masked-copy/copy-validation";
import { shortened } from "./coverage";
import type { CopyFigures, RefreshOutcome } from "./outcome";
import type { EnvironmentRefreshPlan } from "./plan";
import { verifyEarlier } from "./verify-earlier";

/** A copy that is not whole is not handed over. */
export const isWhole = (found: CopyValidation): boolean =>
  [found.differingCounts, found.missing, found.unexpected, found.sequencesBehind, found.unanalysed].every(
    (list) => list.length === 0,
  );

/** Nor one with a real value in it, or with more equal values than chance explains. */
export const isClean = ({ hits, chance }: LeakReport): boolean =>
  hits.length === 0 && chance.every(({ seen, bound }) => seen <= bound);

/** A target of ours goes whole. In the storage of a team's, the value stays, whatever later copies have in theirs. */
export const leakLasts = ({ copy }: EnvironmentRefreshPlan, { leaks }: RefreshOutcome): boolean =>
  copy.team !== undefined && leaks !== null && !isClean(leaks);

export function verifyRefresh(plan: EnvironmentRefreshPlan, outcome: RefreshOutcome): Verdict {
  if (plan.earlier) return verifyEarlier(plan, plan.earlier, outcome);
  const { notRestorable, restore, copied, validation, leaks } = outcome;
  if (notRestorable) return verdictOf([failed("source-is-restorable", notRestorable.reason)]);
  if (restore && !restore.succeeded) return verdictOf([failed("source-is-restorable", restore.reason)]);
  return verdictOf([
    ...(copied ? [rowsAreMasked(plan, copied)] : []),
    ...(validation ? [copyIsWhole(plan, validation)] : []),
    ...(leaks ? [noLeakIsFound(plan, leaks)] : []),
    isHandedOver(plan, outcome),
  ]);
}

const failed = (name: string, explanation: string): Check => ({ name, verdict: "fail", explanation, figures: {} });

/** A mask may leave a value as it was by chance; how many did is told, and the search judges where. */
function rowsAreMasked(
  { profile, scope }: EnvironmentRefreshPlan,
  { tables, rows, bytes, unchanged, seconds }: CopyFigures,
): Check {
  const { columnsMasked, columnsKept, tablesEmpty } = profile;
  const said = `columns kept as they are: ${columnsKept}, tables left empty: ${tablesEmpty}`;
  return {
    name: "rows-are-masked",
    verdict: "pass",
    explanation:
      scope?.kind === "schema"
        ? "no row was copied: only the schema was asked for"
        : columnsMasked === 0
          ? `the profile masks no column: ${rows} rows of ${tables} tables were copied as they are; ${said}`
          : `${rows} rows of ${tables} tables were masked on their way, and are stored nowhere in between; columns masked: ${columnsMasked}, ${said}; ${unchanged} masked values equal their originals`,
    figures: { tables, rows, bytes, unchanged, seconds, columnsMasked, columnsKept, tablesEmpty },
  };
}

function copyIsWhole({ scope }: EnvironmentRefreshPlan, found: CopyValidation): Check {
  const problems = [
    ...found.differingCounts.map(({ table, source, copy }) => `${table} has ${copy} rows instead of ${source}`),
    ...found.missing.map((line) => `it lacks ${line}`),
    ...found.unexpected.map((line) => `it has ${line}`),
    ...found.sequencesBehind.map((name) => `${name} is behind its rows`),
    ...found.unanalysed.map((name) => `${name} has no statistics`),
  ];
  return {
    name: "copy-is-whole",
    verdict: problems.length > 0 ? "fail" : "pass",
    explanation:
      problems.length > 0
        ? shortened(problems)
        : `${countsSaid(scope, found)}, and the ${found.objects} objects, owners and privileges that are compared are there; the server checked each constraint, but for those that are NOT VALID in the source`,
    figures: {
      tables: found.tables,
      rows: found.rows,
      objects: found.objects,
      ...(scope && { leftEmpty: found.leftEmpty ?? 0 }),
      ...(scope?.kind === "subset" && { subset: scope.digest }),
      problems: problems.length,
    },
  };
}

function countsSaid(scope: CopyScope | undefined, { tables, leftEmpty = 0 }: CopyValidation): string {
  if (!scope) return `all ${tables} tables have as many rows as in the source`;
  const left = `${leftEmpty} tables are empty, as was asked for`;
  if (scope.kind === "schema") return `only the schema was copied: ${left}`;
  return scope.kind === "subset"
    ? `only a subset was copied, which is not masking: ${tables} tables have as many rows as were chosen from ${scope.root} by ${scope.name} (digest ${scope.digest.slice(0, 12)}) and over keys, ${left}`
    : `only a part was copied: ${tables} tables have as many rows as in the source, ${left}`;
}

/** Word for word what may be claimed of a logical copy, and no more. */
function noLeakIsFound({ profile }: EnvironmentRefreshPlan, report: LeakReport): Check {
  const { searched, leftOut, chance, hits } = report;
  // Of some columns neither says anything: their masks leave values by design.
  const byPosition = leftOut.filter(({ column }) => chance.some((one) => one.column === column)).length;
  const notCompared = leftOut.length - byPosition;
  const exceeded = chance.filter(({ seen, bound }) => seen > bound);
  const problems = [
    ...hits.map(({ place, column, arm, count }) => `${place} has ${count} values of ${column} (${arm})`),
    ...exceeded.map(({ column, seen, bound }) => `${column} equals its source ${seen} times, ${bound} are chance`),
  ];
  return {
    name: "no-leak-is-found",
    verdict: problems.length > 0 ? "fail" : "pass",
    explanation:
      problems.length > 0
        ? shortened(problems)
        : `${apartFrom(profile.columnsKept)}this refresh never wrote source data to the copy's storage; every value of its tables and filled materialized views was searched for ${searched.values} values of ${searched.columns} columns, with ${searched.definitions} definitions; ${byPosition} columns of few or short values were compared by position only, and ${notCompared} not at all, since their masks leave values by design; its raw files cannot be read`,
    figures: {
      values: searched.values,
      columns: searched.columns,
      definitions: searched.definitions,
      bytes: searched.bytes,
      columnsKept: profile.columnsKept,
      byPositionOnly: byPosition,
      notCompared,
      hits: hits.length,
      rawFiles: searched.rawFiles,
    },
  };
}

const apartFrom = (kept: number): string => {
  if (kept === 0) return "";
  return `apart from ${kept === 1 ? "1 column that the profile keeps as it is" : `${kept} columns that the profile keeps as they are`}, `;
};

function isHandedOver(
  plan: EnvironmentRefreshPlan,
  { handedOver, target, recoveryPoint, disarmed, leaks }: RefreshOutcome,
): Check {
  const { identifier, expiresOn } = plan.copy;
  const known = {
    copy: identifier,
    resourceId: target?.resourceId ?? null,
    recoveryPoint,
    profile: plan.profile.digest,
    schema: plan.source.schemaDigest,
    expiresOn,
  };
  return {
    name: "copy-is-handed-over",
    verdict: handedOver ? "pass" : "fail",
    explanation: handedOver
      ? `${identifier} has the data of ${plan.source.identifier} as of ${recoveryPoint}, masked by the profile ${plan.profile.name}; ${disarmed} statements disarmed it; it expires on ${expiresOn}`
      : `nobody sees the copy: ${endOf(plan, leaks !== null && !isClean(leaks))}`,
    figures: known,
  };
}

/** What becomes of a copy that is not handed over, and what is left of it. */
function endOf({ copy: { identifier, team } }: EnvironmentRefreshPlan, leaked: boolean): string {
  if (!leaked) return "clean-up removes it";
  if (!team) return "clean-up removes the target whole, with its backups";
  return `clean-up drops it, and ${identifier} has the content that it had. But a real value was in its storage: freed blocks, the log of changes, and each backup and snapshot from now on may have it. Only its team removes that: retire ${identifier}, delete its snapshots, and declare another one (docs/first-database.md); \`npx shipshape request backup-audit --database ${identifier} --reason ...\` shows which backups there are`;
}
