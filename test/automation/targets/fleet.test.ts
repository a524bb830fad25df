import { RDSClient, type DBInstance } from "@aws-sdk/client-rds";
import { askFleet } from "../../../automation/targets/fleet";
import { pendingChanges } from "../../../automation/targets/pending-changes";

/** An account whose API gives these answers to one call after another, and then the last one again. */
function account(...answers: (Error | { DBInstances: DBInstance[]; Marker?: string })[]) {
  const rds = new RDSClient({ region: "eu-central-1" });
  let calls = 0;
  const send = () => {
    const answer = answers[Math.min(calls++, answers.length - 1)]!;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { clients: { rds: Object.assign(rds, { send }) } as never, calls: () => calls };
}
const named = (name: string) => Object.assign(new Error("no"), { name });
const orders: DBInstance = { DBInstanceIdentifier: "orders", Engine: "postgres", DbiResourceId: "db-1" };
const pending = { ...orders, PendingModifiedValues: { AllocatedStorage: 200 } };

test("a fleet of several pages is read whole, even if AWS throttles a call", async () => {
  const { clients, calls } = account(
    named("ThrottlingException"),
    { DBInstances: [orders], Marker: "next" },
    { DBInstances: [{ ...orders, DBInstanceIdentifier: "ledger" }] },
  );
  expect(await askFleet(clients)).toMatchObject({
    asked: true,
    databases: [{ identifier: "orders" }, { identifier: "ledger" }],
  });
  expect(calls()).toBe(4);
});

test("the size of a database is what RDS bills it by", async () => {
  const billed = { ...orders, DBInstanceClass: "db.r8g.large", AllocatedStorage: 200, StorageType: "gp3" };
  expect(await askFleet(account({ DBInstances: [billed] }).clients)).toMatchObject({
    databases: [{ size: { instanceClass: "db.r8g.large", storageGib: 200, storageType: "gp3" } }],
  });
});

test.each([
  [
    "longer than its limit",
    { DBInstances: [pending], Marker: "next" },
    "DescribeDBInstances: it has more than 100 pages",
  ],
  ["refused", named("AccessDenied"), "DescribeDBInstances: AccessDenied: no"],
])("of a list that is %s no part is used, and the reason is given", async (_, answer, reason) => {
  expect(await askFleet(account(answer).clients)).toEqual({
    asked: false,
    reason: `the RDS API did not answer ${reason}`,
  });
  await expect(pendingChanges(account(answer).clients)).rejects.toMatchObject({ code: "fleet-unreadable" });
});

test("pending changes of all pages are listed, without the databases that have none", async () => {
  const { clients } = account({ DBInstances: [orders], Marker: "next" }, { DBInstances: [pending] });
  expect((await pendingChanges(clients)).map(({ changes }) => changes.map(({ property }) => property))).toEqual([
    ["AllocatedStorage"],
  ]);
});
