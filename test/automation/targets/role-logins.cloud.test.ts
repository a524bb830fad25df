// Logins of a role on a real server: one that is refused is what a trial finds.
import { tryLogin } from "../../../automation/targets/role-logins";
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
