// Instances that a switchover has replaced, in the control plane's own tables: who can hide a database, and who cannot.
import type { ControlPlaneDatabase } from "../../../automation/database";
import { identityOf, targetDatabase } from "../../../automation/fleet-records";
import {
  markRetired,
  recordReplaced,
  replacedByTag,
  replacedInstances,
  replacedOf,
  standingIn,
} from "../../../automation/runner/replaced-instances";
import { haveControlPlaneDatabase } from "../control-plane-database";

let database: ControlPlaneDatabase;
haveControlPlaneDatabase((made) => void ({ database } = made));

const instance = (identifier: string, resourceId: string, requestId?: string) => ({
  ...targetDatabase({ identifier, resourceId, arn: `arn:aws:rds:eu-central-1:123456789012:db:${identifier}` }),
  tags: (requestId === undefined ? {} : { [replacedByTag]: requestId }) as Record<string, string>,
});
const identity = (resourceId: string) => identityOf(instance("any", resourceId));

const replace = async (old: string, by: string, requestId: string) => {
  await database.query(
    "insert into request (id, operation, input, requested_by, reason) values ($1, 'x', '{}', 'ana', 'a test') on conflict do nothing",
    [requestId],
  );
  await recordReplaced(database, {
    ...{ identity: identity(old), identifier: `${old}-old1`, successor: identity(by), requestId },
  });
};
const isHidden = async (one: ReturnType<typeof instance>) => (await replacedOf(database))(one) !== undefined;

test("an instance is known as replaced by a row and a tag of the same request; either alone, or another's, hides nothing", async () => {
  await replace("db-1", "db-2", "patch-1");
  expect(await isHidden(instance("db-1-old1", "db-1", "patch-1"))).toBe(true);
  expect(await isHidden(instance("db-1-old1", "db-1"))).toBe(false);
  expect(await isHidden(instance("db-1-old1", "db-1", "patch-2"))).toBe(false);
  expect(await isHidden(instance("payments", "db-9", "patch-1"))).toBe(false);
  const elsewhere = { ...instance("db-1-old1", "db-1", "patch-1"), region: "eu-west-1" };
  expect(await isHidden(elsewhere)).toBe(false);
});

test("a repeated record changes nothing, and a deleted instance is no longer among those that are kept", async () => {
  await replace("db-3", "db-4", "patch-3");
  await replace("db-3", "db-5", "patch-4");
  const kept = async () => (await replacedInstances(database)).filter((one) => one.identity === identity("db-3"));
  expect(await kept()).toMatchObject([{ identifier: "db-3-old1", successor: identity("db-4"), requestId: "patch-3" }]);
  await markRetired(database, identity("db-3"));
  expect(await kept()).toEqual([]);
});

test("who asks for a database by what it was finds the last that took its place, after the deletion of the others, too", async () => {
  await replace("db-6", "db-7", "patch-6");
  await replace("db-7", "db-8", "patch-7");
  await markRetired(database, identity("db-6"));
  expect(await Promise.all(["db-6", "db-7", "db-8"].map((one) => standingIn(database, identity(one))))).toEqual(
    Array(3).fill(identity("db-8")),
  );
});
