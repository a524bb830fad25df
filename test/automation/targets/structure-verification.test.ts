import { DatabaseError, type Client } from "pg";
import type { Relation, VerifiedBefore } from "../../../automation/targets/structure-pieces";
import { verifyStructures } from "../../../automation/targets/structure-verification";
import { until } from "../../until";

// What PostgreSQL itself reports has its own test (structure-verification.cloud.test.ts), and so has which pieces there
// are (structure-pieces.test.ts); this one covers which session checks what. A block has one byte here.
jest.mock("../../../automation/targets/limits", () => ({
  ...jest.requireActual<object>("../../../automation/targets/limits"),
  checkReopenSeconds: 0.05,
  checkReopenPollMilliseconds: 1,
  pieceBlocks: 100,
  verifiedBytesMin: 0,
}));

const damage = (message: string) => Object.assign(new DatabaseError(message, 0, "error"), { code: "XX001" });
const outOfRange = () => Object.assign(damage("starting block number must be between"), { code: "22023" });
const lost = () => new Error("Connection terminated unexpectedly");

/** A database with this many heaps, from `heap 0`; tests define what happens when one is checked. */
class FakeDatabase {
  heaps = 8;
  /** Of each heap, by its place. @default 1 */
  blocks: number[] = [];
  /** What is locked, and cannot be measured. */
  locked = new Set<string>();
  /** @default heaps */
  relations: ReturnType<typeof heap>[] | undefined;
  atCheck: (name: string, session: number) => Promise<void> = () => Promise.resolve();
  atOpen: (session: number) => Promise<void> = () => Promise.resolve();
  hidesDamage: (session: number) => boolean = () => false;
  opened = 0;
  /** The open sessions. */
  readonly open = new Set<number>();
  /** Which session checked what. */
  readonly checks: { name: string; session: number; from: number; until: number | null }[] = [];
  private readonly inFlight = new Map<number, (error: Error) => void>();

  /** Behaves like a server whose backend crashed. */
  crash(): void {
    for (const end of this.inFlight.values()) end(lost());
  }

  readonly connect = async (): Promise<Client> => {
    const session = this.opened++;
    await this.atOpen(session);
    this.open.add(session);
    const end = () => {
      this.open.delete(session);
      this.inFlight.get(session)?.(lost());
      return Promise.resolve();
    };
    return { query: (sql: string, values?: unknown[]) => this.answer(session, sql, values), end } as unknown as Client;
  };

  private async answer(session: number, sql: string, values: unknown[] = []): Promise<{ rows: unknown[] }> {
    if (sql.includes("from pg_settings"))
      return { rows: this.hidesDamage(session) ? [{ name: "zero_damaged_pages" }] : [] };
    if (sql.includes("p.prosrc = p.proname"))
      return { rows: ["bt_index_check", "verify_heapam"].map((name) => ({ name, schema: "amcheck", allowed: true })) };
    if (sql.includes("from pg_class c join pg_namespace"))
      return { rows: this.relations ?? Array.from({ length: this.heaps }, (_, i) => heap(`heap ${i}`)) };
    if (sql.includes("verify_heapam")) {
      const [name, from, last] = values as [string, number | null, number | null];
      if ((from ?? 0) >= this.blocksOf(name) || (last ?? 0) >= this.blocksOf(name)) throw outOfRange();
      await this.check(session, name, from ?? 0, last === null ? null : last + 1);
    }
    if (sql.includes("unnest")) {
      const names = values[0] as string[];
      if (names.some((name) => this.locked.has(name))) throw Object.assign(damage("locked"), { code: "55P03" });
      return { rows: names.map((id) => ({ id, blocks: this.blocksOf(id) })) };
    }
    return { rows: [{}].slice(sql.includes("verify_heapam") ? 1 : 0) };
  }

  private readonly blocksOf = (name: string) => this.blocks[Number(name.replace("heap ", ""))] ?? 1;

  private check(session: number, name: string, from: number, until: number | null): Promise<void> {
    this.checks.push({ name, session, from, until });
    return new Promise((resolve, reject) => {
      this.inFlight.set(session, reject);
      this.atCheck(name, session).then(resolve, reject);
    }).finally(() => this.inFlight.delete(session)) as Promise<void>;
  }
}

/** According to statistics, which know nothing of it. */
const heap = (name: string): Relation & { heap: string | null } => ({
  id: name,
  file: name,
  name,
  kind: "heap",
  blocks: 0,
  blockBytes: 1,
  comparedBlocks: 0,
  heap: null,
  skipped: null,
  uncheckable: null,
  runsUserCode: false,
});
const never = () => new Promise<void>(() => undefined);

let database: FakeDatabase;
beforeEach(() => (database = new FakeDatabase()));
afterEach(() => expect([...database.open]).toEqual([]));
const budget = { secondsMax: 60, bytesMax: 1000, damagesMax: 20 };
const nothing: VerifiedBefore = { leftUnread: false, files: {} };
const verify = (
  connections?: number,
  more: object = {},
  signal?: AbortSignal,
  before = nothing,
  progress?: (share: number) => void,
) =>
  verifyStructures(
    { reader: "reader", prepare: () => database.connect(), read: () => database.connect() },
    { ...budget, ...(connections && { connections }), ...more },
    before,
    signal,
    progress,
  );
const sessionsThatChecked = () => new Set(database.checks.map(({ session }) => session)).size;
const names = (of: { relation: string }[]) => of.map(({ relation }) => relation);

/** Every check waits until this many are running. */
function together(count: number): FakeDatabase["atCheck"] {
  let underWay = 0;
  return async () => {
    underWay++;
    await until(`${count} checks are under way`, () => Promise.resolve(underWay >= count), 1);
  };
}

test("if only one session is allowed, it checks all relations one after the other", async () => {
  expect(await verify()).toMatchObject({ available: true, relationsChecked: 8, bytesChecked: 8, damages: [] });
  expect(database.checks.map(({ name }) => name)).toEqual(Array.from({ length: 8 }, (_, i) => `heap ${i}`));
  expect(sessionsThatChecked()).toBe(1);
});

test("several sessions check at once, each relation once; results are in the relations' order, not in the order of completion", async () => {
  const meet = together(4);
  database.atCheck = async (name, session) => {
    await meet(name, session);
    if (name === "heap 0") await new Promise((resolve) => setTimeout(resolve, 20));
    if (["heap 0", "heap 3", "heap 6"].includes(name)) throw damage(`${name} is damaged`);
  };
  const { damages, relationsChecked } = await verify(4);
  expect(names(damages)).toEqual(["heap 0", "heap 3", "heap 6"]);
  expect(relationsChecked).toBe(8);
  expect(database.checks.map(({ name }) => name).sort()).toEqual(Array.from({ length: 8 }, (_, i) => `heap ${i}`));
  expect(sessionsThatChecked()).toBe(4);
});

test("there are never more sessions than relations", async () => {
  database.heaps = 2;
  expect(await verify(16)).toMatchObject({ relationsChecked: 2 });
  expect(database.opened).toBe(3); // one more to create amcheck
});

test("sessions that cannot be opened, or whose settings would hide damage, are not used", async () => {
  database.atOpen = (session) => (session >= 3 ? Promise.reject(new Error("too many connections")) : Promise.resolve());
  database.hidesDamage = (session) => session === 2;
  expect(await verify(4)).toMatchObject({ available: true, relationsChecked: 8, left: { count: 0 } });
  expect(sessionsThatChecked()).toBe(1);
});

test("all share one limit of damages: once it is reached no further check starts, and the unchecked relations are named", async () => {
  database.atCheck = () => Promise.reject(damage("damaged"));
  const { damages, left } = await verify(2, { damagesMax: 3 });
  expect(names(damages).slice(0, 3)).toEqual(["heap 0", "heap 1", "heap 2"]);
  expect(damages.length).toBeLessThanOrEqual(4);
  expect(left).toMatchObject({ count: 8 - damages.length });
  expect(left.named[0]).toMatchObject({ problem: "the check was abandoned" });
});

test("all share one time limit", async () => {
  const { left, unread, verified } = await verify(4, { secondsMax: 0 });
  expect({ left: left.count, unread: unread.count, problem: unread.named[0]?.problem, verified }).toEqual({
    left: 0,
    unread: 8,
    problem: "the time budget was used up",
    verified: [],
  });
});

test("the share that is done counts a heap again with each index that is compared with it", async () => {
  database.heaps = 2;
  database.blocks = [60, 20];
  database.relations = [heap("heap 0"), { ...heap("heap 1"), kind: "index", heap: "heap 0" }];
  const shares: number[] = [];
  const report = await verify(1, {}, undefined, undefined, (share) => void shares.push(share));
  expect([shares, report.bytesChecked]).toEqual([[80 / 140, 1], 80]);
  shares.length = 0;
  database.relations[1]!.runsUserCode = true; // then only its structure is checked
  await verify(1, {}, undefined, undefined, (share) => void shares.push(share));
  expect(shares).toEqual([60 / 80, 1]);
});

describe("a heap of more blocks than are read at once", () => {
  beforeEach(() => {
    database.heaps = 1;
    database.blocks = [350];
  });
  const read = () => database.checks.map(({ from, until }) => [from, until]);

  test("is shared by all sessions, each block read once, the last ones up to the end", async () => {
    database.atCheck = together(4);
    const shares: number[] = [];
    const report = await verify(4, {}, undefined, undefined, (share) => void shares.push(share));
    expect(read()).toEqual([[0, 100], [100, 200], [200, 300], [300, null]]); // prettier-ignore
    expect(sessionsThatChecked()).toBe(4);
    expect(report).toMatchObject({ relationsChecked: 1, bytesChecked: 350, unread: { count: 0 } });
    expect(report.verified).toEqual([{ id: "heap 0", file: "heap 0", blocks: [[0, 350]] }]);
    expect(shares).toEqual([...shares].sort((one, other) => one - other));
    expect([shares.length, shares.at(-1)]).toEqual([4, 1]);
  });

  test("is read as far as the budget of bytes allows; the next drill continues there", async () => {
    const first = await verify(1, { bytesMax: 260 });
    expect(first).toMatchObject({ relationsChecked: 0, bytesChecked: 250, unread: { count: 1, bytes: 100 } });
    expect(first.unread.named).toEqual([
      { relation: "heap 0", problem: "71 % of it was read; it exceeds what is left of the byte budget" },
    ]);
    expect(first.verified).toEqual([{ id: "heap 0", file: "heap 0", blocks: [[0, 200], [300, 350]] }]); // prettier-ignore
    database.checks.length = 0;
    const second = await verify(1, { bytesMax: 260 }, undefined, {
      leftUnread: true,
      files: { "heap 0/heap 0": first.verified[0]!.blocks.map(([from, until]) => ({ from, until, at: "2026-01-01" })) },
    });
    expect(read()[0]).toEqual([200, 300]);
    expect(second).toMatchObject({ bytesChecked: 250, unread: { bytes: 100 }, unreadBytesVerified: 100 });
  });

  test("is read as far as the budget of time allows", async () => {
    database.atCheck = async (_, session) => {
      if (database.checks.length < 3) return;
      expect(session).toBe(1);
      throw Object.assign(damage("canceling statement"), { code: "57014" });
    };
    const report = await verify(1, { secondsMax: 60 });
    expect(report).toMatchObject({ bytesChecked: 200, left: { count: 0 }, unread: { count: 1, bytes: 150 } });
    expect(report.unread.named[0]?.problem).toBe(
      "57 % of it was read; its check did not finish within the time budget",
    );
    expect(report.verified[0]?.blocks).toEqual([[0, 200]]);
  });

  test("that is damaged is named once, by its first damage, and the damaged piece is not listed as read", async () => {
    database.atCheck = (_, __) => {
      const { from } = database.checks.at(-1)!;
      return from === 100 || from === 300 ? Promise.reject(damage(`block ${from}`)) : Promise.resolve();
    };
    const report = await verify(1, { damagesMax: 2 });
    expect(report.damages).toEqual([{ relation: "heap 0", problem: "block 100" }]);
    expect(report).toMatchObject({ relationsChecked: 1, bytesChecked: 200 });
    expect(report.verified[0]?.blocks).toEqual([[0, 100], [200, 300]]); // prettier-ignore
  });

  test("that a vacuum of the copy makes shorter is read to its new end", async () => {
    database.atCheck = () => {
      database.blocks = [140];
      return Promise.resolve();
    };
    const report = await verify(1);
    expect(read()).toEqual([[0, 100], [100, 140]]); // prettier-ignore
    expect(report).toMatchObject({ relationsChecked: 1, bytesChecked: 140, left: { count: 0 }, unread: { count: 0 } });
    expect(report.verified[0]?.blocks).toEqual([[0, 140]]);
  });

  test("of which a piece crashes its backend: the others are read", async () => {
    database.atCheck = () => {
      if (database.checks.at(-1)?.from !== 100) return Promise.resolve();
      database.crash();
      return never();
    };
    const shares: number[] = [];
    const report = await verify(2, {}, undefined, undefined, (share) => void shares.push(share));
    expect(report).toMatchObject({ relationsChecked: 0, bytesChecked: 250, left: { count: 1, bytes: 100 } });
    expect(shares).toEqual([...shares].sort((one, other) => one - other));
    expect(shares.at(-1)).toBeLessThan(1);
  });
});

describe("a budget of bytes that not all relations fit in", () => {
  beforeEach(() => (database.blocks = [50, 40, 30, 20, 10, 5, 2, 1]));
  const checked = () => database.checks.map(({ name }) => name);

  test("is spent on the smallest, and what was checked is listed for the next drill", async () => {
    const report = await verify(1, { bytesMax: 40 });
    expect(checked()).toEqual(["heap 7", "heap 6", "heap 5", "heap 4", "heap 3"]);
    expect(report).toMatchObject({
      relationsChecked: 5,
      bytesChecked: 38,
      left: { count: 0 },
      unread: { count: 3, bytes: 120 },
      unreadBytesVerified: 0,
    });
    expect(report.verified.map(({ id }) => id)).toEqual(["heap 3", "heap 4", "heap 5", "heap 6", "heap 7"]);
    expect(report.unread.named[0]).toEqual({
      relation: "heap 0",
      problem: "it exceeds what is left of the byte budget",
    });
  });

  test("that all fit in does not matter: the largest come first", async () => {
    const report = await verify(1, { bytesMax: 158 });
    expect(checked()[0]).toBe("heap 0");
    expect(report).toMatchObject({ unread: { count: 0 } });
  });
});

test("the size of a locked relation comes from statistics, and of the others from their files; all are checked", async () => {
  database.blocks = [7, 7, 7, 7, 7, 7, 7, 7];
  database.locked = new Set(["heap 3"]);
  expect(await verify()).toMatchObject({ relationsChecked: 8, bytesChecked: 49 });
});

test("after a crash the relations being checked are checked one by one: the one that crashes its backend is named as not checked", async () => {
  const meet = together(4);
  database.atCheck = async (name, session) => {
    await meet(name, session);
    if (name === "heap 2") database.crash();
    if (name === "heap 2") await never();
  };
  expect(await verify(4)).toMatchObject({
    relationsChecked: 7,
    left: { count: 1, named: [{ relation: "heap 2", problem: "Connection terminated unexpectedly" }] },
  });
});

test("after a crash that no relation caused, all are checked", async () => {
  let crashed = false;
  database.atCheck = () => {
    if (!crashed) database.crash();
    crashed = true;
    return Promise.resolve();
  };
  expect(await verify(2)).toMatchObject({ relationsChecked: 8, left: { count: 0 } });
});

test("if the server does not come back, all unchecked relations are named", async () => {
  let up = true;
  database.atOpen = () => (up ? Promise.resolve() : Promise.reject(new Error("refused")));
  database.atCheck = (name) => {
    if (name !== "heap 3") return Promise.resolve();
    up = false;
    database.crash();
    return never();
  };
  const { left, relationsChecked } = await verify(2);
  expect(relationsChecked).toBeGreaterThanOrEqual(2);
  expect(left.count + relationsChecked).toBe(8);
  expect(names(left.named)).toContain("heap 3");
});

test("relations that crash their backends one after the other end the check", async () => {
  database.atCheck = () => Promise.reject(lost());
  const { left, relationsChecked } = await verify(2);
  expect([relationsChecked, left.count]).toEqual([0, 8]);
  expect(left.named.map(({ problem }) => problem).filter((one) => one === "the check was abandoned")).toHaveLength(2);
});

test("aborted, it closes every session, even one that is just being opened, and returns no result", async () => {
  const stop = new AbortController();
  let release = () => {};
  database.atOpen = (session) => (session === 3 ? new Promise((resolve) => (release = resolve)) : Promise.resolve());
  database.atCheck = never;
  const running = verify(3, {}, stop.signal);
  await until("two check", () => Promise.resolve(database.checks.length === 2), 1);
  stop.abort(new Error("cancelled"));
  release();
  await expect(running).rejects.toThrow("cancelled");
  expect(database.opened).toBe(4);
});

test("aborted before it starts, or while it waits for a server, it does not continue", async () => {
  await expect(verify(2, {}, AbortSignal.abort(new Error("cancelled")))).rejects.toThrow("cancelled");
  const stop = new AbortController();
  database.atOpen = (session) => {
    if (session < 2) return Promise.resolve();
    stop.abort(new Error("cancelled"));
    return Promise.reject(new Error("refused"));
  };
  database.atCheck = () => Promise.reject(lost());
  await expect(verify(1, {}, stop.signal)).rejects.toThrow("cancelled");
});
