import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Clock } from "../../../localcloud/server/clock";
import { ManagedSecrets, type SetMasterPassword } from "../../../localcloud/server/secrets-manager/managed-secrets";
import { Secrets } from "../../../localcloud/server/secrets-manager/secrets";
import { pickVersion } from "../../../localcloud/server/secrets-manager/versions";
import { Store } from "../../../localcloud/server/storage/store";

const user = { dbiResourceId: "db-A", identifier: "orders", region: "eu-central-1", username: "dbadmin" };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shipshape-managed-secrets-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A cloud on the folder as a server would find it at its start; the database only stores passwords. */
function open(setMasterPassword: SetMasterPassword) {
  const store = new Store(folder, "123456789012");
  const clock = new Clock(store);
  const secrets = new Secrets(store, clock, { keyArn: (key) => key });
  return { clock, secrets, managed: new ManagedSecrets(secrets, clock, setMasterPassword) };
}

const reachable =
  (database: { password?: string }): SetMasterPassword =>
  async (_id, _username, password) =>
    void (database.password = password);
const unreachable: SetMasterPassword = async () => {
  throw new Error("the database is not running");
};

/** Waits for what `maintain` started. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("an instance whose creation is resumed gets the secret it had", () => {
  const { SecretArn } = open(unreachable).managed.create(user);
  const { managed, secrets } = open(unreachable);
  expect(managed.create(user).SecretArn).toBe(SecretArn);
  expect(secrets.list()).toHaveLength(1);
  expect(secrets.list()[0]).toMatchObject({
    name: expect.stringMatching(/^rds!db-[0-9a-f-]{36}$/),
    managed: { service: "rds" },
    tags: { "aws:secretsmanager:owningService": "rds" },
  });
});

test("passwords meet RDS's rules", () => {
  const { managed } = open(unreachable);
  managed.create(user);
  expect(managed.credentials("db-A")).toEqual({
    username: "dbadmin",
    password: expect.stringMatching(/^[^/'"@ ]{28}$/),
  });
});

test("a rotation ends with database and secret agreeing, and the old password as the previous one", async () => {
  const database: { password?: string } = {};
  const { managed, secrets } = open(reachable(database));
  managed.create(user);
  const before = managed.credentials("db-A").password;
  await managed.rotate("db-A");
  expect(managed.credentials("db-A").password).toBe(database.password);
  expect(database.password).not.toBe(before);
  expect(pickVersion(secrets.list()[0]!, undefined, "AWSPREVIOUS").value).toEqual({
    string: JSON.stringify({ username: "dbadmin", password: before }),
  });
});

test("concurrent rotations are one", async () => {
  const set: string[] = [];
  const { managed } = open(async (_id, _username, password) => void set.push(password));
  managed.create(user);
  await Promise.all([managed.rotate("db-A"), managed.rotate("db-A")]);
  expect(set).toHaveLength(1);
});

test("a rotation killed after the password was set in the database is finished by the next server", async () => {
  const database: { password?: string } = {};
  const first = open(async (...change) => {
    await reachable(database)(...change);
    // The process dies here: nothing after this line runs.
    await new Promise(() => undefined);
  });
  first.managed.create(user);
  void first.managed.rotate("db-A");
  await settled();
  const next = open(reachable(database));
  expect(next.managed.describe("db-A")?.SecretStatus).toBe("rotating");
  expect(next.managed.credentials("db-A").password).not.toBe(database.password);
  next.managed.maintain();
  await settled();
  expect(next.managed.credentials("db-A").password).toBe(database.password);
  expect(next.managed.describe("db-A")?.SecretStatus).toBe("active");
});

test("a rotation while the database is stopped changes no readable value, and is done later", async () => {
  const stopped = open(unreachable);
  stopped.managed.create(user);
  const before = stopped.managed.credentials("db-A");
  await expect(stopped.managed.rotate("db-A")).rejects.toThrow("is not running");
  expect(stopped.managed.credentials("db-A")).toEqual(before);
  const database: { password?: string } = {};
  const started = open(reachable(database));
  started.managed.maintain();
  await settled();
  expect(started.managed.credentials("db-A").password).toBe(database.password);
});

test("a password rotates automatically after seven days by the clock, not before", async () => {
  const set: string[] = [];
  const { managed, clock } = open(async (_id, _username, password) => void set.push(password));
  managed.create(user);
  clock.setOffset(6.9 * 86_400_000);
  managed.maintain();
  expect(set).toHaveLength(0);
  clock.setOffset(7.1 * 86_400_000);
  managed.maintain();
  await settled();
  managed.maintain();
  await settled();
  expect(set).toHaveLength(1);
});
