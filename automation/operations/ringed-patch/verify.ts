/** Pure: judges a train by what became of its rings, and by what each database has sealed. */
import { identityOf, namesOf, type TargetDatabase } from "../../fleet-records";
import { verdictOf, type RunStatus, type Verdict, type VerdictWord } from "../../records";
import type { SealedRun } from "../../sealed-records";
import type { RingState, Train, TrainDecision } from "../../train-records";
import { nothingFound } from "../fleet-scope";
import { namedMax } from "./limits";
import type { TrainPlan } from "./plan";

/** What is kept of each database: the digest stands for all that was found in it. */
export interface TrainRow extends Pick<TargetDatabase, "identifier" | "account" | "region" | "resourceId"> {
  ring: number;
  /** Null: its ring was not begun, or halted before its turn. */
  requestId: string | null;
  /** Null: it had not ended. */
  status: RunStatus | null;
  verdict: VerdictWord | null;
  /** SHA-256 of its sealed envelope, in hex. */
  evidence: string | null;
  /** The id of the waiver by which people have skipped it. */
  skippedBy: string | null;
}

export interface TrainOutcome {
  rings: { number: number; state: RingState }[];
  decisions: (Omit<TrainDecision, "at"> & { at: string })[];
  rows: TrainRow[];
  /** SHA-256 of their canonical JSON, in hex. */
  digest: string;
}

export function rowsOf(
  { rings }: TrainPlan,
  { databases }: Train,
  requests: ReadonlyMap<string, string>,
  sealed: readonly SealedRun[],
): TrainRow[] {
  const byRequest = new Map(sealed.map((one) => [one.requestId, one]));
  const byIdentity = new Map(databases.map((one) => [one.identity, one]));
  return rings.flatMap(({ number, databases: together }) =>
    together.map((one): TrainRow => {
      const { identifier, account, region, resourceId } = one;
      const requestId = requests.get(identityOf(one)) ?? null;
      const { status = null, verdict = null, evidence = null } = byRequest.get(requestId ?? "") ?? {};
      const skippedBy = byIdentity.get(identityOf(one))?.waiver?.id ?? null;
      const known = { identifier, account, region, resourceId, ring: number };
      return { ...known, requestId, status, verdict, evidence, skippedBy };
    }),
  );
}

export function verifyTrain({ to, left }: TrainPlan, { rings, rows, digest }: TrainOutcome): Verdict {
  const nameOf = namesOf([...rows, ...left]);
  const is = (row: TrainRow, verdict: VerdictWord) => row.verdict === verdict && row.evidence !== null;
  const patched = rows.filter((row) => is(row, "pass"));
  // People may skip what has failed: that it has failed stays true.
  const failed = rows.filter((row) => is(row, "fail"));
  const rest = rows.filter((row) => !is(row, "pass") && !is(row, "fail"));
  const skipped = rest.filter(({ skippedBy }) => skippedBy !== null);
  const open = rest.filter(({ skippedBy }) => skippedBy === null);
  const halted = rings.filter(({ state }) => state !== "promoted");
  const figures = { databases: rows.length, patched: patched.length, failed: failed.length, digest };
  const inconclusiveIf = (name: string, found: string[], none: string) =>
    nothingFound(name, "inconclusive", found, { none, namedMax });
  const failures = failed.map((row) => `${nameOf(row)} (request ${row.requestId})`);
  return verdictOf([
    nothingFound("no-patch-failed", "fail", failures, {
      none: `${patched.length} of ${rows.length} databases run ${to}`,
      ...{ figures, namedMax },
    }),
    inconclusiveIf(
      "every-database-is-patched",
      open.map((row) => `${nameOf(row)}: ${whyOpen(row)}`),
      "each has a statement that says so, or was skipped",
    ),
    inconclusiveIf(
      "no-database-was-skipped",
      skipped.map((row) => `${nameOf(row)}: waiver ${row.skippedBy}`),
      "nobody has skipped one",
    ),
    inconclusiveIf(
      "every-ring-is-promoted",
      halted.map(({ number, state }) => `ring ${number} is ${state}`),
      `${rings.length} rings were watched and are well`,
    ),
  ]);
}

const whyOpen = ({ requestId, status, verdict }: TrainRow): string =>
  requestId === null
    ? "its turn did not come"
    : `request ${requestId}: ${verdict === null ? (status ?? "had not ended") : `its verdict is ${verdict}`}`;
