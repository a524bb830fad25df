import type { LogContent } from "../../automation/evidence/reading";
import type { RunStatement } from "../../automation/evidence/run-statement";
import { targetDatabase } from "../../automation/fleet-records";
import type { VerdictWord } from "../../automation/records";
import { recoveryOfTarget, signedDrills, verifiedBlocks } from "../../automation/recovery-status";

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
  engineVersion?: string;
}

/** A log that says what these drills sealed. */
function logOf(...drills: Sealed[]): LogContent {
  const entries = drills.map(({ id, verdict = "pass", engineVersion = "17.9", ...more }, position) => {
    const { drilled, structure, issuedAt, database } = more;
    const predicate = {
      requestId: id,
      operation: "restore-drill",
      target: "orders",
      database: database ?? orders,
      issuedAt: issuedAt ?? `2026-03-0${position + 1}T00:00:00.000Z`,
      expiresOn: "2026-04-01T00:00:00.000Z",
      verdict,
      teardown: "follows",
      plan: { source: { engineVersion }, ...(drilled && { drilled }) },
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

test("how long a drill kept its copy is measured from asking for it until it was proven gone, as signed", () => {
  const hours = (outcome: object, goneAt?: string) => {
    const { entries, ...log } = logOf({ id: "drill" });
    const verdict = entries[0]!.run as unknown as { subject: object; predicate: object };
    Object.assign(verdict.predicate, { outcome });
    const predicate = { ...verdict.predicate, issuedAt: goneAt };
    const teardown = { ...entries[0]!, position: 1, run: { ...verdict, kind: "teardown", predicate } as never };
    return signedDrills({ ...log, entries: [...entries, ...(goneAt === undefined ? [] : [teardown])] })[0]!.copyHours;
  };
  const restore = { succeeded: true, askedAt: "2026-03-01T00:00:00.000Z" };
  expect(hours({ restore }, "2026-03-01T01:30:00.000Z")).toBe(1.5);
  expect(hours({ restore })).toBeUndefined();
  expect(hours({ restore: { ...restore, succeeded: false } }, "2026-03-01T01:30:00.000Z")).toBeUndefined();
  expect(hours({ restore: null }, "2026-03-01T01:30:00.000Z")).toBeUndefined();
  expect(hours({ restore }, "2026-02-28T01:30:00.000Z")).toBeUndefined();
});

test("what is known about a database is of that resource id alone, and unknown where the cloud does not answer for it", () => {
  const log = logOf({ id: "drill", verdict: "fail" });
  const now = new Date("2026-03-02T00:00:00Z");
  const of = (resourceId: string) => ({ ...orders, resourceId });
  const cloud = (resourceId: string) => ({
    asked: true as const,
    databases: [
      {
        ...of(resourceId),
        restorableFrom: new Date("2026-03-01"),
        backupRetentionDays: 7,
        size: { instanceClass: "db.m7g.large", storageGib: 100, storageType: "gp3" },
        tags: {},
      },
    ],
  });
  expect(recoveryOfTarget(log, orders, cloud("db-ORDERS"), now)).toMatchObject({
    recoverability: "failed",
    drill: { requestId: "drill", verdict: "fail" },
  });
  expect(recoveryOfTarget(log, of("db-NEW"), cloud("db-NEW"), now)).toMatchObject({ recoverability: "never" });
  expect(recoveryOfTarget(log, orders, cloud("db-NEW"), now)).toEqual({
    recoverability: "unknown",
    reason: "the cloud has no database orders with resource id db-ORDERS",
    drill: null,
  });
  expect(recoveryOfTarget(log, orders, { asked: false, reason: "no credentials" }, now)).toEqual({
    recoverability: "unknown",
    reason: "the cloud could not be queried: no credentials",
    drill: null,
  });
});

describe("what earlier drills have checked", () => {
  const since = new Date("2026-03-01T00:00:00Z");
  const sound = { available: true, damages: [], left: { count: 0 }, unread: { count: 0 }, verified: [] };
  const some = (...files: { id: string; file: string; blocks: [number, number][] }[]) => ({
    ...sound,
    verified: files,
  });
  const verified = (...drills: Sealed[]) => verifiedBlocks(logOf(...drills), orders, "17.10", since);
  const read = (day: number, from: number, until: number) => ({ from, until, at: `2026-03-0${day}T00:00:00.000Z` });

  test("accumulates by file and blocks, the newest first", () => {
    const parts = [
      { id: "1", structure: some({ id: "16400", file: "16400", blocks: [[0, 10], [20, 30]] }) }, // prettier-ignore
      { id: "2", structure: some({ id: "16400", file: "16999", blocks: [[0, 5]] }) },
      { id: "3", structure: some({ id: "16400", file: "16400", blocks: [[10, 20]] }) },
    ];
    expect(verified(...parts)).toEqual({
      leftUnread: false,
      files: {
        "16400/16400": [read(3, 10, 20), read(1, 0, 10), read(1, 20, 30)],
        "16400/16999": [read(2, 0, 5)],
      },
    });
  });

  test("says whether the newest drill left something unread", () => {
    const left = { ...sound, unread: { count: 1 } };
    expect(verified({ id: "1", structure: left }, { id: "2", structure: sound }).leftUnread).toBe(false);
    expect(verified({ id: "1", structure: sound }, { id: "2", structure: left }).leftUnread).toBe(true);
  });

  test("counts what statements of before say of a relation in its first file, and not that they read everything", () => {
    const listed = { ...sound, verified: [{ id: "16400", bytes: 81_920 }] };
    expect(verified({ id: "1", structure: listed }, { id: "2", structure: { ...sound, verified: null } })).toEqual({
      leftUnread: false,
      files: { "16400/16400": [read(1, 0, 10)] },
    });
  });

  const all = some({ id: "16400", file: "16400", blocks: [[0, 10]] });
  test.each<[string, Partial<Sealed>]>([
    ["is older", { issuedAt: "2026-02-28T23:59:59.999Z" }],
    ["is of another database", { database: { ...orders, resourceId: "db-OTHER" } }],
    ["is of another account", { database: { ...orders, account: "210987654321" } }],
    ["is of a snapshot", { drilled: { to: "snapshot" } }],
    ["is of an earlier moment", { drilled: { to: "time" } }],
    ["found damage", { structure: { ...all, damages: [{}] } }],
    ["is of a major version before", { engineVersion: "16.14" }],
    ["could not use amcheck", { structure: { ...all, available: false } }],
    ["got no further than the restore", { structure: undefined }],
    ["is from before drills listed it", { structure: { ...all, verified: undefined } }],
  ])("does not count if the drill %s", (_, differing) => {
    expect(verified({ id: "1", structure: all, ...differing } as Sealed)).toEqual({ leftUnread: false, files: {} });
  });
});
