import { DatabaseError, type Client } from "pg";
import { verifyStructures, type VerifiedBefore } from "../../../automation/targets/structure-verification";
import { until } from "../../until";

// What PostgreSQL itself reports has its own test (structure-verification.cloud.test.ts); this one covers which session
// checks what.
jest.mock("../../../automation/targets/limits", () => ({
  ...jest.requireActual<object>("../../../automation/targets/limits"),
  checkReopenSeconds: 0.05,
  checkReopenPollMilliseconds: 1,
}));

const damage = (message: string) => Object.assign(new DatabaseError(message, 0, "error"), { code: "XX001" });
const lost = () => new Error("Connection terminated unexpectedly");

/** A database with this many heaps, from `heap 0`; tests define what happens when one is checked. */
class FakeDatabase {
  heaps = 8;
  /** Of each heap, by its place. @default 1 */
  bytes: number[] = [];
  atCheck: (name: string, session: number) => Promise<void> = () => Promise.resolve();
  atOpen: (session: number) => Promise<void> = () => Promise.resolve();
  hidesDamage: (session: number) => boolean = () => false;
  opened = 0;
  /** The open sessions. */
  readonly open = new Set<number>();
  /** Which session checked what. */
  readonly checks: { name: string; session: number }[] = [];
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
      return { rows: Array.from({ length: this.heaps }, (_, i) => heap(`heap ${i}`, this.bytes[i] ?? 1)) };
    if (sql.includes("verify_heapam")) await this.check(session, String(values[0]));
    if (sql.includes("unnest"))
      return { rows: (values[0] as string[]).map((oid) => ({ oid, bytes: this.sizeOf(oid) })) };
    if (sql.includes("pg_relation_size")) return { rows: [{ bytes: this.sizeOf(String(values[0])) }] };
    return { rows: [{}].slice(sql.includes("verify_heapam") ? 1 : 0) };
  }

  private readonly sizeOf = (name: string) => String(this.bytes[Number(name.replace("heap ", ""))] ?? 1);

  private check(session: number, name: string): Promise<void> {
    this.checks.push({ name, session });
    return new Promise((resolve, reject) => {
      this.inFlight.set(session, reject);
      this.atCheck(name, session).then(resolve, reject);
    }).finally(() => this.inFlight.delete(session)) as Promise<void>;
  }
}

const heap = (name: string, bytes: number) => ({
  oid: name,
  name,
  kind: "heap",
  bytes: String(bytes),
  skipped: null,
  uncheckable: null,
  runsUserCode: false,
});
const never = () => new Promise<void>(() => undefined);

let database: FakeDatabase;
beforeEach(() => (database = new FakeDatabase()));
afterEach(() => expect([...database.open]).toEqual([]));
const budget = { secondsMax: 60, bytesMax: 1000, damagesMax: 20 };
const nothing: VerifiedBefore = { everything: null, relations: {} };
const verify = (connections?: number, more: object = {}, signal?: AbortSignal, before = nothing) =>
  verifyStructures(
    { reader: "reader", prepare: () => database.connect(), read: () => database.connect() },
    { ...budget, ...(connections && { connections }), ...more },
    before,
    signal,
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

describe("a budget of bytes that not all relations fit in", () => {
  beforeEach(() => (database.bytes = [500, 400, 300, 200, 100, 50, 20, 10]));
  const checked = () => database.checks.map(({ name }) => name);

  test("is spent on the smallest, and what was checked is listed for the next drill", async () => {
    const report = await verify(1, { bytesMax: 400 });
    expect(checked()).toEqual(["heap 7", "heap 6", "heap 5", "heap 4", "heap 3"]);
    expect(report).toMatchObject({
      relationsChecked: 5,
      bytesChecked: 380,
      left: { count: 0 },
      unread: { count: 3, bytes: 1200 },
      unreadBytesVerified: 0,
    });
    expect(report.verified).toEqual([
      { id: "heap 3", bytes: 200 },
      { id: "heap 4", bytes: 100 },
      { id: "heap 5", bytes: 50 },
      { id: "heap 6", bytes: 20 },
      { id: "heap 7", bytes: 10 },
    ]);
    expect(report.unread.named[0]).toEqual({
      relation: "heap 0",
      problem: "it exceeds what is left of the byte budget",
    });
  });

  test("is spent first on what no drill has checked, then on what was checked longest ago, which counts as covered", async () => {
    const before = {
      everything: null,
      relations: { "heap 3": "2026-01-02", "heap 5": "2026-01-01", "heap 6": "2026-01-03" },
    };
    const report = await verify(1, { bytesMax: 1380 }, undefined, before);
    expect(checked()).toEqual(["heap 7", "heap 4", "heap 2", "heap 1", "heap 0", "heap 5", "heap 6"]);
    expect(report).toMatchObject({ unread: { count: 1, bytes: 200 }, unreadBytesVerified: 200 });
  });

  test("covers everything over several drills", async () => {
    let before: VerifiedBefore = nothing;
    const ever = new Set<string>();
    for (let drill = 1; drill <= 4; drill++) {
      const { verified } = await verify(1, { bytesMax: 500 }, undefined, before);
      for (const { id } of verified ?? []) ever.add(id);
      before = {
        everything: null,
        relations: {
          ...before.relations,
          ...Object.fromEntries((verified ?? []).map(({ id }) => [id, `2026-01-0${drill}`])),
        },
      };
    }
    expect(ever.size).toBe(8);
  });

  test("that all fit in does not matter: the largest come first, and nothing is listed", async () => {
    const report = await verify(1, { bytesMax: 1580 }, undefined, { everything: "2026-01-01", relations: {} });
    expect(checked()[0]).toBe("heap 0");
    expect(report).toMatchObject({ unread: { count: 0 }, verified: null });
  });
});

test("a relation that is larger than statistics say does not let others exceed the budget of bytes", async () => {
  database.bytes = [1, 1, 1];
  database.heaps = 3;
  const statistics = database.bytes;
  database.atCheck = () => {
    database.bytes = [900, 900, 900];
    return Promise.resolve();
  };
  const report = await verify(1, { bytesMax: 900 });
  expect(statistics).toEqual([1, 1, 1]);
  expect(report).toMatchObject({ relationsChecked: 1, bytesChecked: 900, unread: { count: 2, bytes: 1800 } });
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
