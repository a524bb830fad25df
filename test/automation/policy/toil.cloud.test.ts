import type { ControlPlaneDatabase } from "../../../automation/database";
import { readToil } from "../../../automation/policy/toil";
import { haveControlPlaneDatabase } from "../control-plane-database";

let database: ControlPlaneDatabase;
haveControlPlaneDatabase((made) => void ({ database } = made));

async function decided(
  id: string,
  operation: string,
  status: string,
  { preparation = 1, at = "2026-11-10T00:00:00Z", by = [""] } = {},
) {
  await database.query(
    "insert into request (id, operation, input, requested_by, reason) values ($1, $2, '{}', 'ana', 't') on conflict do nothing",
    [id, operation],
  );
  const rules = [{ id: "agrees", verdict: "allowed" }, ...by.map((rule) => ({ id: rule, verdict: status }))];
  await database.query(
    "insert into decision (request_id, preparation, status, plan_digest, rules, decided_by, decided_at) values ($1, $2, $3, $4, $5, 't', $6)",
    [id, preparation, status, `${id} ${preparation}`, JSON.stringify(rules), at],
  );
}
const answered = (id: string, principal: string, answer: string, at: string, preparation = 1) =>
  database.query("insert into approval values ($1, $2, $3, $4, 'fine', $5)", [
    id,
    `${id} ${preparation}`,
    principal,
    answer,
    at,
  ]);

test("the share of requests that needed a person is counted by operation and rule, each request once", async () => {
  await decided("a", "audit", "allowed");
  await decided("b", "audit", "denied");
  await decided("c", "patch", "allowed");
  await decided("d", "patch", "needs-approval", { by: ["changes", "window"] });
  await decided("d", "patch", "needs-approval", { by: ["changes"], preparation: 2 });
  await answered("d", "ben", "approved", "2026-11-10T01:00:00Z", 2);
  await answered("d", "carla", "approved", "2026-11-10T02:00:00Z", 2);
  await decided("e", "patch", "needs-approval", { by: ["changes"] });
  await answered("e", "ben", "rejected", "2026-11-10T04:00:00Z");
  await decided("f", "patch", "needs-approval", { by: ["window"] });
  await answered("f", "ben", "approved", "2026-11-10T03:00:00Z"); // the first of two
  await decided("g", "patch", "needs-approval", { by: ["changes"], at: "2026-10-31T00:00:00Z" });

  expect(await readToil(database, new Date("2026-11-01"), new Date("2026-12-01"))).toEqual([
    {
      operation: "audit",
      requests: 2,
      neededPerson: 0,
      medianAnswerSeconds: null,
      rules: [],
    },
    {
      operation: "patch",
      requests: 4,
      neededPerson: 3,
      medianAnswerSeconds: 3 * 3600,
      rules: [
        { id: "changes", requests: 2 },
        { id: "window", requests: 2 },
      ],
    },
  ]);
});
