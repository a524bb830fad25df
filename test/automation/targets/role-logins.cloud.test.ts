// Logins of a role on a real server: one that is refused fails its trial, and which sessions began late in a grace.
import type { Client } from "pg";
import { clientsOf, clockOf, tryLogin } from "../../../automation/targets/role-logins";
import { builtIn } from "../../../components/standards/built-in";
import { part } from "../../../components/standards/standard";
import { FleetDatabase } from "./fleet-database";

let database: FleetDatabase;
beforeAll(async () => {
  database = await FleetDatabase.start();
  await database.addLogin("readwrite");
  await database.addLogin("locked");
  await database.admin("alter role locked nologin");
});
afterAll(async () => database?.stop());

const tried = (login: object) =>
  tryLogin(
    { ...database.login("readwrite"), ...login },
    { name: "readwrite", standard: part(builtIn.roles, "readwrite"), schema: "public" },
    { statementSeconds: 20, lockSeconds: 5, rootCertificateFile: database.rootCertificateFile },
  );

test.each([
  ["a password that the database does not have", { password: "another" }, /password authentication failed/],
  ["a login that may not log in", { user: "locked" }, /not permitted to log in/],
])("%s fails the trial, and says why", async (_, login, why) => {
  expect(await tried(login)).toMatchObject({ did: "", failure: expect.stringMatching(why) as string });
});

test.each([
  ["a database that does not answer", { port: 1 }],
  ["a database that is not there", { database: "absent" }],
])("%s fails no trial: another attempt may reach it", async (_, login) => {
  await expect(tried(login)).rejects.toMatchObject({ code: "database-unreachable" });
});

test("a client is late if its session began in the second half of the grace, however early that was ended", async () => {
  const master = await database.session();
  const sessions: Client[] = [];
  const isLate = async (began?: string) => (await clientsOf(master, ["readwrite"], began)).map(({ isNew }) => isNew);
  const secondsAgo = async (seconds: number) => {
    const { rows } = await master.query<{ at: string }>("select (now() - make_interval(secs => $1))::text as at", [
      seconds,
    ]);
    return rows[0]!.at;
  };
  try {
    sessions.push(await database.session("readwrite"));
    const began = await clockOf(master);
    expect(await isLate(began)).toEqual([false]);
    expect(await isLate(await secondsAgo(3600))).toEqual([true]);
    expect(await isLate()).toEqual([false]);
    sessions.push(await database.session("readwrite"));
    await master.query(
      "select pg_sleep(extract(epoch from max(backend_start) - $1::timestamptz)) from pg_stat_activity",
      [began],
    );
    expect(await isLate(began)).toEqual([false]);
  } finally {
    for (const session of [...sessions, master]) await session.end();
  }
});
