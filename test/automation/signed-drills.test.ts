import type { LogContent } from "../../automation/evidence/reading";
import type { RunStatement } from "../../automation/evidence/run-statement";
import { targetDatabase } from "../../automation/fleet-records";
import type { VerdictWord } from "../../automation/records";
import { signedDrills, verifiedRelations } from "../../automation/recovery-status";

const orders = targetDatabase({
  identifier: "orders",
  resourceId: "db-ORDERS",
  arn: "arn:aws:rds:eu-central-1:123456789012:db:orders",
});

interface Sealed {
  id: string;
  verdict?: VerdictWord;
  drilled?: object;
  structure?: object;
  issuedAt?: string;
  database?: typeof orders;
}

/** A log that says what these drills sealed. */
function logOf(...drills: Sealed[]): LogContent {
  const entries = drills.map(({ id, verdict = "pass", drilled, structure, issuedAt, database }, position) => {
    const predicate = {
      requestId: id,
      operation: "restore-drill",
      target: "orders",
      database: database ?? orders,
      issuedAt: issuedAt ?? `2026-03-0${position + 1}T00:00:00.000Z`,
      expiresOn: "2026-04-01T00:00:00.000Z",
      verdict,
      teardown: "follows",
      plan: drilled ? { drilled } : {},
      outcome: structure ? { found: { structure } } : { found: null },
    };
    const subject = { name: `urn:shipshape:run:${id}`, digest: { sha256: "ab" } };
    const run = { id: `${id}.verdict`, kind: "verdict", subject, predicate } as unknown as RunStatement;
    return { position, envelope: "", statement: {} as never, sighting: undefined, run };
  });
  return { head: undefined, entries, problems: [] };
}

test("drills of a snapshot decide nothing about a database, and those of an earlier moment only by failing", () => {
  const log = logOf(
    { id: "first" },
    { id: "latest", drilled: { to: "latest" } },
    { id: "snapshot", drilled: { to: "snapshot" } },
    { id: "bad-snapshot", drilled: { to: "snapshot" }, verdict: "fail" },
    { id: "moment", drilled: { to: "time" } },
    { id: "undecided-moment", drilled: { to: "time" }, verdict: "inconclusive" },
    { id: "bad-moment", drilled: { to: "time" }, verdict: "fail" },
  );
  expect(signedDrills(log).map((d) => d.requestId)).toEqual(["first", "latest", "bad-moment"]);
});

describe("what earlier drills have checked", () => {
  const since = new Date("2026-03-01T00:00:00Z");
  const sound = { available: true, damages: [], left: { count: 0 } };
  const some = (...ids: string[]) => ({ ...sound, verified: ids.map((id) => ({ id, bytes: 8192 })) });
  const all = { ...sound, verified: null };
  const verified = (...drills: Sealed[]) => verifiedRelations(logOf(...drills), orders, since);

  test("accumulates, each relation with its newest time, until one checks everything", () => {
    const parts = [
      { id: "1", structure: some("16400", "16500") },
      { id: "2", structure: some("16500") },
    ];
    expect(verified(...parts)).toEqual({
      everything: null,
      relations: { "16400": "2026-03-01T00:00:00.000Z", "16500": "2026-03-02T00:00:00.000Z" },
    });
    expect(verified(...parts, { id: "3", structure: all }, { id: "4", structure: some("16600") })).toEqual({
      everything: "2026-03-03T00:00:00.000Z",
      relations: { "16600": "2026-03-04T00:00:00.000Z" },
    });
  });

  test.each<[string, Partial<Sealed>]>([
    ["is older", { issuedAt: "2026-02-28T23:59:59.999Z" }],
    ["is of another database", { database: { ...orders, resourceId: "db-OTHER" } }],
    ["is of another account", { database: { ...orders, account: "210987654321" } }],
    ["is of a snapshot", { drilled: { to: "snapshot" } }],
    ["is of an earlier moment", { drilled: { to: "time" } }],
    ["found damage", { structure: { ...all, damages: [{}] } }],
    ["could not use amcheck", { structure: { ...all, available: false } }],
    ["could not check everything", { structure: { ...all, left: { count: 1 } } }],
    ["got no further than the restore", { structure: undefined }],
    ["is from before drills listed it", { structure: sound }],
  ])("does not count if the drill %s", (_, differing) => {
    expect(verified({ id: "1", structure: all, ...differing } as Sealed)).toEqual({ everything: null, relations: {} });
  });
});
