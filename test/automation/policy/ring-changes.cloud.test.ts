// How many changes a ring has in a day is counted from records, in the transaction of each decision.
import type { ControlPlaneDatabase } from "../../../automation/database";
import { publishAccess } from "../../../automation/policy/access";
import { admit, admitAgain, factsOf } from "../../../automation/policy/decisions";
import type { Decision, Effect } from "../../../automation/records";
import { endRun, nextPreparation, queueRun, setPlan } from "../../../automation/runner/runs";
import { builtIn } from "../../../components/standards/built-in";
import { haveControlPlaneDatabase } from "../control-plane-database";
import { plan } from "./facts";

let database: ControlPlaneDatabase;
haveControlPlaneDatabase((made) => void ({ database } = made));
beforeEach(async () => {
  await database.query("truncate request, access cascade");
  await allow(2);
});

const allow = (ring1: number) => publishAccess(database, { changesPerDay: { ring1 } }, "a test");
const bronze = { ...plan, tags: { ...plan.tags, tier: "bronze", environment: "production" } };
const staging = { ...bronze, tags: { ...bronze.tags, environment: "staging" } };
const asked = (requestId: string, of = bronze, effect: Effect = "changes") => ({
  requestId,
  request: { input: {}, reason: "a test" },
  operation: { name: "reindex", effect, owner: "a test" },
  plan: of,
  standard: builtIn,
  principal: "ana",
});

async function submitted(id: string): Promise<string> {
  await database.query(
    "insert into request (id, operation, input, requested_by, reason) values ($1, 'reindex', '{}', 'ana', 'a test')",
    [id],
  );
  await queueRun(database, id);
  return id;
}
/** As the lifecycle decides: facts, decision and plan in one transaction. */
const decided = (id: string, preparation = 1, of = bronze, effect: Effect = "changes"): Promise<Decision> =>
  database.transaction(async (t) => {
    const decision = await admit(t, id, preparation, await factsOf(t, asked(id, of, effect)));
    await setPlan(t, id, preparation, of, decision.status === "denied" ? "running" : "waiting");
    return decision;
  });
const statusOf = async (id: string, of = bronze, effect: Effect = "changes") =>
  (await decided(await submitted(id), 1, of, effect)).status;
const begins = async (decision: Decision) =>
  admitAgain(database, decision, await factsOf(database, asked(decision.requestId)));

test("of many decisions at once, no more are admitted than the ring has room for", async () => {
  const ids = await Promise.all(Array.from({ length: 12 }, (_, n) => submitted(`r${n}`)));
  const statuses = (await Promise.all(ids.map((id) => decided(id)))).map(({ status }) => status);
  expect(statuses.sort()).toEqual([...Array<string>(10).fill("denied"), "needs-approval", "needs-approval"]);
});

test("what is denied, changes nothing or is of another ring takes no room, and other rings have room of their own", async () => {
  expect(await statusOf("reads", bronze, "reads")).toBe("allowed");
  expect(await statusOf("elsewhere", staging)).toBe("needs-approval");
  expect([await statusOf("one"), await statusOf("two"), await statusOf("three")]).toEqual([
    "needs-approval",
    "needs-approval",
    "denied",
  ]);
  expect(await statusOf("other", staging)).toBe("needs-approval");
  await allow(3);
  expect([await statusOf("four"), await statusOf("five")]).toEqual(["needs-approval", "denied"]);
});

test("a request that ends without having begun leaves its room; one that began keeps it for a day after", async () => {
  const first = await decided(await submitted("first"));
  expect(await statusOf("second")).toBe("needs-approval");
  await endRun(database, "second", { status: "failed" });
  expect(await statusOf("third")).toBe("needs-approval");
  expect(await begins(first)).toBe(true);
  await endRun(database, "first", { status: "succeeded" });
  expect(await statusOf("fourth")).toBe("denied");
  const [{ said } = { said: "" }] = await database.query<{ said: string }>(
    "select one ->> 'reason' as said from decision, jsonb_array_elements(rules) one where request_id = 'fourth' and one ->> 'verdict' = 'denied'",
  );
  expect(said).toMatch(/^ring 1 has 2 changes .* of at most 2; there is room again at \d{4}-.*Z$/);
  await database.query("update decision set begun_at = begun_at - interval '1 day' where request_id = 'first'");
  expect(await statusOf("fifth")).toBe("needs-approval");
});

test("a change that takes longer than a day has its room until it ends", async () => {
  const long = await decided(await submitted("long"));
  await begins(long);
  await database.query("update decision set begun_at = begun_at - interval '3 days'");
  expect([await statusOf("second"), await statusOf("third")]).toEqual(["needs-approval", "denied"]);
});

test("a request that is planned again keeps its room, and those that came after it do not get it", async () => {
  const id = await submitted("again");
  await decided(id);
  await allow(1);
  expect(await statusOf("later")).toBe("denied");
  await nextPreparation(database, id, 1);
  expect(await statusOf("meanwhile")).toBe("denied");
  expect((await decided(id, 2)).status).toBe("needs-approval");
});

test("a lowered number stops those that came last and have not begun; 0 stops all", async () => {
  const [first, second] = [await decided(await submitted("first")), await decided(await submitted("second"))];
  await allow(1);
  expect([await begins(first), await begins(second)]).toEqual([true, false]);
  await allow(0);
  expect([await begins(first), await begins(second)]).toEqual([false, false]);
});
