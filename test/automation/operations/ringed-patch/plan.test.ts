import { builtIn } from "../../../../components/standards/built-in";
import {
  planTrain,
  type ObservedTrain,
  type TrainCandidate,
} from "../../../../automation/operations/ringed-patch/plan";
import { ringedPatchRequest, type RingedPatchRequest } from "../../../../automation/operations/ringed-patch/request";
import { secondsUntilOpen } from "../../../../automation/operations/ringed-patch/windows";

const database = (identifier: string, tier: string, environment: string, more = {}): TrainCandidate => ({
  ...{ identifier, resourceId: `db-${identifier}`, arn: `arn:${identifier}`, account: "123456789012" },
  ...{ region: "eu-central-1", from: "17.9", stack: `shipshape/database.${identifier}`, obstacles: [] },
  tags: { tier, environment, owner: "team-orders" },
  ...more,
});
const observed = (...databases: TrainCandidate[]): ObservedTrain => ({
  ...{ databases, unreachable: [], located: false, today: "2026-11-27" },
});
const asked = (more: object = {}): RingedPatchRequest =>
  ringedPatchRequest.parse({ to: "17.10", fleet: true, ...more });
const plan = (databases: TrainCandidate[], more: object = {}) =>
  planTrain(asked(more), observed(...databases), builtIn);
const names = ({ rings }: ReturnType<typeof plan>) =>
  rings.map(({ databases }) => databases.map(({ identifier }) => identifier));

test("what is least strict comes first, and each tier begins with one database", () => {
  const made = plan([
    database("gold-1", "gold", "production"),
    ...["a", "b", "c", "d", "e", "f", "g"].map((name) => database(name, "bronze", "development")),
    database("staged", "gold", "staging"),
    database("bronze-1", "bronze", "production"),
    database("untagged", "", ""),
  ]);
  expect(names(made)).toEqual([
    ["a"],
    ["b", "c", "d", "e", "f"],
    ["g", "staged"],
    ["bronze-1"],
    ["gold-1"],
    ["untagged"], // judged as the strictest
  ]);
});

test("a ring is at most five times as large as the one before it in its tier, and no database is in two", () => {
  const many = Array.from({ length: 10_000 }, (_, at) =>
    database(`d${String(at).padStart(5, "0")}`, "gold", "production"),
  );
  const sizes = plan(many).rings.map(({ databases }) => databases.length);
  expect(sizes).toEqual([1, 5, 25, 125, 625, 3000, 3000, 3000, 219]);
  const all = plan(many).rings.flatMap(({ databases }) => databases.map(({ resourceId }) => resourceId));
  expect(new Set(all).size).toBe(10_000);
});

test("what cannot go is listed with its reason and blocks nobody; what runs the version already is counted", () => {
  const obstacles = [{ kind: "pending" as const, detail: "MultiAZ waits for its window" }];
  const made = plan([
    database("orders", "bronze", "development"),
    database("billing", "bronze", "development", { obstacles }),
    database("done", "bronze", "development", { from: "17.10" }),
  ]);
  expect(names(made)).toEqual([["orders"]]);
  expect(made.left).toMatchObject([{ identifier: "billing", kind: "pending" }]);
  expect(made.patched).toBe(1);
  expect(made.text).toContain("each in its own maintenance window, or when its owning team approves");
  expect(made.text).toContain("billing: pending, MultiAZ waits for its window");
  expect(made.approves).toEqual([
    "database-patch of orders (123456789012 eu-central-1 db-orders) in shipshape/database.orders to 17.10",
  ]);
});

test("a train of at most so many rings grows faster, keeps a canary of each tier while it can, and says so", () => {
  const fleet = ["bronze", "silver", "gold"].flatMap((tier) =>
    Array.from({ length: 40 }, (_, at) => database(`${tier}${String(at).padStart(2, "0")}`, tier, "production")),
  );
  const sizesOf = (ringsMax?: number) => plan(fleet, { ringsMax }).rings.map(({ databases }) => databases.length);
  expect(sizesOf()).toEqual([...[1, 5, 25, 9], ...[1, 5, 25, 9], ...[1, 5, 25, 9]]);
  expect(sizesOf(9)).toEqual([...[1, 10, 29], ...[1, 10, 29], ...[1, 10, 29]]);
  expect(sizesOf(6)).toEqual([...[1, 39], ...[1, 39], ...[1, 39]]);
  expect(plan(fleet, { ringsMax: 6 }).text).toContain(
    "No ring is more than 50 times as large as the largest before it",
  );
  expect(sizesOf(5)).toEqual([1, 10, 29, 40, 40]);
  expect(plan(fleet, { ringsMax: 5 }).text).toContain("stricter tiers have no canary of their own");
  expect(() => sizesOf(3)).toThrow(expect.objectContaining({ code: "train-rings" }));
});

test("the way back names the seconds of writes that it loses: those of the watch, and of patching the ring", () => {
  const { rings, text } = plan([database("orders", "bronze", "development")], { bakeMinutes: 30 });
  expect(rings[0]).toMatchObject({ bakeSeconds: 1800, wayBackLossSecondsMax: 2700 });
  expect(text).toContain("loses up to 2700 s of writes");
});

test("the same fleet in another order is the same plan", () => {
  const all = [
    database("b", "gold", "production"),
    database("a", "bronze", "development"),
    database("c", "silver", "staging"),
  ];
  expect(plan([...all].reverse())).toEqual(plan(all));
});

test("a train without a database to patch is refused, and says why", () => {
  expect(() => plan([database("done", "bronze", "development", { from: "17.10" })])).toThrow(
    expect.objectContaining({ code: "train-empty" }),
  );
});

test("its databases are those of the scope", () => {
  const all = [database("a", "bronze", "development"), database("b", "gold", "production")];
  expect(names(plan(all, { fleet: undefined, environment: "production" }))).toEqual([["b"]]);
  expect(ringedPatchRequest.safeParse({ to: "17.10" }).success).toBe(false);
  expect(ringedPatchRequest.safeParse({ to: "17.10", fleet: true, tier: "gold" }).success).toBe(false);
  expect(ringedPatchRequest.safeParse({ to: "17", fleet: true }).success).toBe(false);
  expect(ringedPatchRequest.safeParse({ to: "17.10", fleet: true, window: "tue:02:00" }).success).toBe(false);
});

test("a patch begins while enough of the train's window is left", () => {
  const window = "tue:02:00-tue:04:00";
  const at = (time: string) => secondsUntilOpen(window, new Date(`2026-12-01T${time}Z`)); // a Tuesday
  expect(at("01:59:00")).toBe(60);
  expect(at("02:00:00")).toBe(0);
  expect(at("03:44:59")).toBe(0);
  expect(at("03:45:00")).toBe(7 * 86_400 - 6300);
  expect(secondsUntilOpen(null, new Date())).toBe(0);
  expect(secondsUntilOpen(window, new Date("2026-12-01T03:54:59Z"), 300)).toBe(0);
  expect(secondsUntilOpen(window, new Date("2026-12-01T03:55:00Z"), 300)).toBeGreaterThan(0);
});

const after = (names: string): object => ({ "shipshape:patch-after": names });
const named = (identifier: string, tier: string, more: object = {}, tags: object = {}) =>
  database(identifier, tier, "production", {
    ...more,
    tags: { tier, environment: "production", service: identifier, ...tags },
  });

test("what waits for another is in a later ring, even if its tier is less strict", () => {
  const fleet = [
    named("a", "bronze", {}, after("z-production")),
    named("b", "bronze", {}, after("c-production")),
    named("c", "bronze"),
    named("d", "bronze"),
    named("z", "gold"),
  ];
  expect(names(plan(fleet))).toEqual([["c"], ["b", "d"], ["z"], ["a"]]);
});

test("whatever order is declared without a cycle, no database is patched before one that it waits for", () => {
  let state = 7;
  const next = (n: number) => Math.floor(((state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32) * n);
  for (let round = 0; round < 200; round++) {
    const fleet = Array.from({ length: 1 + next(40) }, (_, at) => {
      const before = at > 0 && next(2) === 0 ? [...new Set([`s${next(at)}`, `s${next(at)}`])] : [];
      const waits = before.map((name) => `${name}-production`).join(" ");
      return named(`s${at}`, ["bronze", "silver", "gold"][next(3)]!, {}, waits ? after(waits) : {});
    });
    const { rings } = plan(fleet);
    const ringOf = new Map(rings.flatMap(({ number, databases }) => databases.map((d) => [d.identifier, number])));
    expect(ringOf.size).toBe(fleet.length);
    for (const { identifier, tags } of fleet)
      for (const before of (tags["shipshape:patch-after"] ?? "").split(" ").filter(Boolean))
        expect(ringOf.get(identifier)).toBeGreaterThan(ringOf.get(before.replace("-production", ""))!);
    let largest = 0;
    for (const { databases } of rings) {
      expect(databases.length).toBeLessThanOrEqual(Math.max(1, largest * 5));
      largest = Math.max(largest, databases.length);
    }
  }
});

test("databases that wait for each other are refused, and the cycle is named", () => {
  const fleet = [
    named("a", "bronze", {}, after("b-production")),
    named("b", "gold", {}, after("c-production")),
    named("c", "bronze", {}, after("a-production")),
    named("d", "bronze"),
  ];
  expect(() => plan(fleet)).toThrow(/a-production after b-production after c-production after a-production/);
});

test("what waits for one that cannot go stays as well, and a name that no database has is listed", () => {
  const obstacles = [{ kind: "pending" as const, detail: "MultiAZ waits for its window" }];
  const made = plan([
    named("a", "bronze", {}, after("b-production")),
    named("b", "bronze", {}, after("c-production nobody-production")),
    named("c", "bronze", { obstacles }),
    named("d", "bronze", {}, after("done-production other-production nobody-production")),
    named("done", "gold", { from: "17.10" }),
    named("other", "gold", { from: "16.13", obstacles: [{ kind: "another-major", detail: "it runs 16.13" }] }),
  ]);
  expect(names(made)).toEqual([["d"]]);
  expect(made.left.map(({ identifier, kind, detail }) => [identifier, kind, detail])).toEqual([
    ["a", "order", "it is patched after b-production, which is not in this train"],
    ["b", "order", "it is patched after c-production, which is not in this train"],
    ["c", "pending", "MultiAZ waits for its window"],
    ["other", "another-major", "it runs 16.13"],
  ]);
  expect(made.unknownNames).toEqual(["d: nobody-production"]);
  expect(made.text).toContain("waits for what no database is called: d: nobody-production");
});

test("a minor that is too young for a tier goes to the others; a fix that cannot wait goes to all", () => {
  const fleet = [named("a", "bronze"), named("b", "silver"), named("c", "gold"), database("d", "gold", "staging")];
  const on = (today: string, more: object = {}) => planTrain(asked(more), { ...observed(...fleet), today }, builtIn);
  expect(names(on("2026-05-20"))).toEqual([["d"]]);
  expect(names(on("2026-05-21"))).toEqual([["d"], ["a"]]);
  const made = on("2026-05-28");
  expect(names(made)).toEqual([["d"], ["a"], ["b"]]);
  expect(made.left).toMatchObject([
    { identifier: "c", kind: "age", detail: "its tier takes 17.10 from 2026-06-04 on, 21 days after its release" },
  ]);
  expect(names(on("2026-06-04"))).toEqual([["d"], ["a"], ["b"], ["c"]]);
  const fix = on("2026-05-15", { securityFix: "CVE-2026-2005" });
  expect(names(fix)).toEqual([["d"], ["a"], ["b"], ["c"]]);
  expect(fix.ageWaiver).toEqual({
    ...{ rule: "minor-age", resource: "17.10", reason: "CVE-2026-2005", expiresOn: "2026-06-04" },
  });
  expect(fix.text).toContain("CVE-2026-2005, waived until 2026-06-04");
  const unknown = planTrain(asked({ to: "17.99" }), { ...observed(...fleet), today: "2026-06-04" }, builtIn);
  expect(names(unknown)).toEqual([["d"]]);
});

test("a database goes by blue/green where it declares that and can, and the plan says how each goes, and why", () => {
  const tags = { tier: "bronze", environment: "development", "shipshape:patch-method": "blue-green" };
  const made = plan([
    database("able", "bronze", "development", { tags }),
    database("managed", "bronze", "development", {
      ...{ tags, noBlueGreen: ["Secrets Manager manages its master password"] },
    }),
    database("plain", "bronze", "development"),
  ]);
  expect(made.text).toContain("able     17.9 → 17.10  blue/green, as it declares  development bronze");
  expect(made.text).toContain(
    "managed  17.9 → 17.10  in place, not by blue/green, as it declares: Secrets Manager manages its master password",
  );
  expect(made.text).toContain("plain    17.9 → 17.10  in place  development bronze");
  expect(made.text).toMatch(/after it the old instance is a way back, too, which loses up to \d+ s of writes/);
  expect(made.approves.filter((one) => one.endsWith("by blue/green"))).toHaveLength(1);
  expect(plan([database("plain", "bronze", "development")]).text).not.toContain("blue/green");
});
