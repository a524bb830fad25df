// Rotations on the real engine under a pool that writes: with a grace no request is lost, whatever worker is killed,
// without one some are; and what each login can do after two rotations.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loggedIn, type Query } from "../../../components/database-login";
import { until } from "../../../until";
import { Application } from "./application";
import { shipshapeCommand } from "../../../shipshape-command";
import { configFile, identifier, OwnStack, stackName } from "../own-stack";

const secretId = (role: string) => `shipshape/orders/development/orders/${role}`;

let own: OwnStack;
let application: Application;

beforeAll(async () => {
  own = await OwnStack.start("password-rotation", ["pg_stat_statements"]);
  await as("owner", (query) => query("create table invoice (id bigint generated always as identity, note text)"));
}, 300_000);
afterAll(async () => {
  await application?.stop();
  await own?.stop();
});

const urlOf = (role: string) => own.urlOf(role);
const loginWith = <T>(url: string, work: (query: Query) => Promise<T>) => loggedIn(own.engine.cloud, url, work);
const as = async <T>(role: string, work: (query: Query) => Promise<T>) => loginWith(await urlOf(role), work);
const userOf = (url: string) => new URL(url).username;

/** Requests it; people approve its plan. */
async function requested(...words: string[]): Promise<string> {
  const id = await own.requested(...words);
  await own.approve(id);
  return id;
}
const stepIsDone = (id: string, step: string) =>
  until(`${id} has done: ${step}`, async () => {
    const { steps, finishedAt, error, checks } = await own.controlPlane.run(id);
    if (finishedAt && steps[step]?.status !== "done") throw new Error(JSON.stringify({ steps, error, checks }));
    return steps[step]?.status === "done";
  });
const over = (id: string) => own.over(id);
const endGrace = (id: string) => own.controlPlane.send(id, "the end of the grace", { sentBy: "ben", content: null });

/** A drift detection of the database, its roles and all of their secrets. */
async function looked() {
  const words = ["drift", "--once", "--database", identifier, "--json"];
  const { code, stdout, stderr } = await shipshapeCommand(words, { env: own.commands.env });
  if (stdout === "") throw new Error(stderr);
  const { differences, problems } = JSON.parse(stdout) as { differences: { name: string }[]; problems: string[] };
  return { code, problems, differences: differences.map(({ name }) => name) };
}
const asDeclared = { code: 0, problems: [], differences: [] };

describe("on a stack of our own, under a pool that writes", () => {
  const all = ["owner", "readwrite", "readonly", "monitoring", "shipshape"];
  const before: Record<string, string>[] = [];
  const remember = async () =>
    before.push(Object.fromEntries(await Promise.all(all.map(async (role) => [role, await urlOf(role)] as const))));
  beforeAll(async () => {
    await remember();
    application = new Application(own.engine.cloud, secretId("readwrite"));
    await application.pass();
  });

  test("the first rotation is committed, brought up, tried, and locks after the grace, whatever worker is killed", async () => {
    const worker = own.commands.shipshape("in bring the stack up", "worker");
    // As an `up` leaves it that was killed right after it created the login.
    await own.asMaster((query) => query("create role readonly_a login password 'nobody knows'"));
    const id = await requested();
    expect((await worker.ended).signal).toBe("SIGKILL");
    const next = own.commands.shipshape("before bring the stack up (lock)", "worker");
    await stepIsDone(id, "log in as each role");
    await remember();
    expect(all.map((role) => userOf(before[1]![role]!))).toEqual(all.map((role) => `${role}_a`));
    await loginWith(before[0]!.readwrite!, (query) => query("select 1"));
    await application.pass();
    await endGrace(id);
    expect((await next.ended).signal).toBe("SIGKILL");
    own.commands.shipshape("", "worker");
    const { verdict, checks } = await over(id);
    expect(checks.filter((check) => check.verdict !== "pass")).toEqual([]);
    expect(verdict).toBe("pass");
    await expect(loginWith(before[0]!.readwrite!, (query) => query("select 1"))).rejects.toThrow(/not permitted/);
    const trailer = "%s, %(trailers:key=Shipshape-Request,valueonly,separator=)";
    expect(own.commands.git("log", `--format=${trailer}`).split("\n")).toEqual([
      `Set 5 properties of ${stackName}, ${id}-lock`,
      `Set 5 properties of ${stackName}, ${id}`,
      "Begin,",
    ]);
  });

  test("after the second, both logins own, alter and write as the role, with its settings, and neither before nor after the old ones are locked has anything drifted", async () => {
    const id = await requested();
    await stepIsDone(id, "log in as each role");
    await remember();
    const [, a, b] = before as [object, Record<string, string>, Record<string, string>];
    expect([a.owner, b.owner].map((url) => userOf(url!))).toEqual(["owner_a", "owner_b"]);
    await loginWith(a.owner!, async (query) => {
      await query("discard all");
      await query("create table by_a (id int)");
      await expect(query("alter role owner_b password 'mine'")).rejects.toThrow(/permission denied/);
    });
    await loginWith(b.owner!, async (query) => {
      const owner = "select session_user, current_user, tableowner from pg_tables where tablename = 'by_a'";
      expect(await query(owner)).toEqual([{ session_user: "owner_b", current_user: "owner", tableowner: "owner" }]);
      await query("alter table by_a add column note text");
      await query("create table by_b (id int)");
      // The application's sessions block a migration, whatever they logged in by.
      const ends = `select pg_terminate_backend(pid) as ended from pg_stat_activity where usename = 'readwrite_b'`;
      const blocking = expect(loginWith(b.readwrite!, (inside) => inside("select pg_sleep(300)"))).rejects.toThrow();
      await until("the session is there", async () => (await query(`${ends} and query like '%sleep%'`)).length > 0);
      await blocking;
    });
    for (const login of [a.readwrite!, b.readwrite!])
      await loginWith(login, async (query) => {
        await query("insert into by_a (note) values ('by default privileges')");
        await query("insert into by_b values (1)");
        const settings = ["statement_timeout", "idle_in_transaction_session_timeout", "search_path"];
        const shown = await query(`select ${settings.map((one) => `current_setting('${one}') as ${one}`).join(", ")}`);
        expect(shown).toEqual([
          {
            statement_timeout: "1min",
            idle_in_transaction_session_timeout: "1min",
            search_path: "orders, public",
          },
        ]);
      });
    const limits =
      "select rolname || ' ' || rolconnlimit as one from pg_roles where rolname like 'monitoring%' order by 1";
    expect(await loginWith(b.owner!, (query) => query(limits))).toEqual(
      ["monitoring 5", "monitoring_a 5", "monitoring_b 5"].map((one) => ({ one })),
    );
    await application.pass();
    expect(await looked()).toEqual(asDeclared);
    await endGrace(id);
    expect((await over(id)).verdict).toBe("pass");
    await application.pass();
    expect(await looked()).toEqual(asDeclared);
  });

  test("no request was lost, and the next preview of the committed config finds nothing to do", async () => {
    const { lost, written } = await application.stop();
    expect(lost).toEqual([]);
    expect(await as("owner", (query) => query("select count(*)::int as n from invoice"))).toEqual([{ n: written }]);
    writeFileSync(
      join(own.engine.cloud.dataFolder, "program", configFile),
      own.commands.git("show", `HEAD:${configFile}`),
    );
    expect(Object.keys((await own.stack.preview()).changeSummary)).toEqual(["same"]);
  });

  test("a client that does not read the secret again keeps its login, and without a grace loses its requests", async () => {
    application = new Application(own.engine.cloud, secretId("readwrite"), Infinity);
    await application.pass();
    const late = await over(await requested("--roles", "readwrite", "--grace-minutes", "0.2"));
    expect(late.checks.filter(({ verdict }) => verdict !== "pass")).toMatchObject([
      { name: "clients-use-the-new-logins", explanation: expect.stringContaining("shop (readwrite_b") as string },
    ]);
    expect(application.lost).toEqual([]);
    const { verdict, plan } = await over(await requested("--roles", "readwrite", "--grace-minutes", "0"));
    expect({ verdict, plan }).toMatchObject({ verdict: "pass", plan: { does: "lock" } });
    await until("a request is lost", () => application.lost.length > 0);
    const { lost } = await application.stop();
    expect(lost.filter((one) => !one.startsWith("readwrite_b: "))).toEqual([]);
  });
});
