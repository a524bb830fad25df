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
const observed = (...databases: TrainCandidate[]): ObservedTrain => ({ databases, unreachable: [], located: false });
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
