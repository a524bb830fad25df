// Rotations under a pool that writes, on the real engine: with a grace no request is lost, without one some are; and
// what each login can do after two rotations.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import type { OutputMap, Stack } from "@pulumi/pulumi/automation";
import { Pool } from "pg";
import { StandardDatabase } from "../../components";
import type { RoleRotation } from "../../components/rotation";
import { until } from "../until";
import { loggedIn, type Query } from "./database-login";
import { request } from "./declared";
import { startEngine, watch, type Engine } from "./engine";

let engine: Engine;
let stack: Stack;
let outputs: OutputMap;
const roles = ["owner", "readwrite", "monitoring"];

beforeAll(async () => {
  engine = await startEngine();
  stack = await engine.stack("database.orders-development", async () => {
    const { connectionStrings, secretArns } = new StandardDatabase("orders", {
      ...request,
      environment: "development",
      tier: "bronze",
      extensions: ["pg_stat_statements"],
      platform: engine.platform,
    });
    return { connectionStrings, secretArns };
  });
  ({ outputs } = await stack.up());
  await as(url("owner"), (query) => query("create table invoice (id bigint generated always as identity, note text)"));
}, 300_000);
afterAll(() => engine?.stop());

const url = (role: string) => (outputs.connectionStrings?.value as Record<string, string>)[role] ?? "";
const as = <T>(connectionString: string, work: (query: Query) => Promise<T>) =>
  loggedIn(engine.cloud, connectionString, work);

/** All roles at once, as one `up`; resolves to what it changed. */
async function rotate(rotation: RoleRotation): Promise<string[]> {
  const all = Object.fromEntries(roles.map((role) => [role, rotation]));
  await stack.setConfig("shipshape:rotation", { value: JSON.stringify({ "orders-development": all }) });
  const watched = watch("plan");
  ({ outputs } = await stack.up({ onEvent: watched.onEvent }));
  return watched.steps.map(({ op, name }) => `${op} ${name}`);
}

const millisecondsOld = 300;

/**
 * An application: each connection lives for a moment, and user and password are those of a copy of the secret that is
 * a moment old.
 */
class Application {
  written = 0;
  readonly lost: string[] = [];
  private copy: { at: number; login: Promise<{ username: string; password: string }> } | undefined;
  private isStopped = false;
  private readonly workers = [this.work(), this.work(), this.work()];

  private login() {
    if (!this.copy || Date.now() - this.copy.at > millisecondsOld)
      this.copy = {
        at: Date.now(),
        login: engine.cloud.secrets
          .send(
            new GetSecretValueCommand({ SecretId: (outputs.secretArns?.value as Record<string, string>).readwrite }),
          )
          .then(({ SecretString = "" }) => JSON.parse(SecretString) as { username: string; password: string }),
      };
    return this.copy.login;
  }

  private async work(): Promise<void> {
    const { hostname: host, port, pathname } = new URL(url("readwrite"));
    const ssl = { ca: readFileSync(engine.cloud.env.PGSSLROOTCERT ?? "") };
    while (!this.isStopped) {
      const { username: user, password } = await this.login();
      const pool = new Pool({ host, port: Number(port), database: pathname.slice(1), user, password, ssl, max: 1 });
      pool.on("error", () => undefined); // the query that is refused or cut off says so
      const closes = Date.now() + millisecondsOld;
      try {
        do {
          await pool.query("insert into invoice (note) values ('paid')");
          this.written++;
        } while (Date.now() < closes && !this.isStopped);
      } catch (error) {
        this.lost.push(`${user}: ${String(error)}`);
      } finally {
        await pool.end();
      }
    }
  }

  /** Until it has used neither the secret nor a connection from before: the grace. */
  async pass(): Promise<void> {
    const { written } = this;
    await sleep(4 * millisecondsOld);
    await until("the application writes", () => this.written > written);
  }

  async stop(): Promise<this> {
    this.isStopped = true;
    await Promise.all(this.workers);
    return this;
  }
}

/** What the logins of each role were, by how often it was rotated. */
const logins: Record<string, string>[] = [];
const remember = () => logins.push(outputs.connectionStrings?.value as Record<string, string>);
const ofReadwrite = (changes: string[]) => changes.filter((change) => change.includes("readwrite"));
const secretReplaced = ["create-replacement", "replace", "delete-replaced"].map(
  (op) => `${op} orders-readwrite-secret-version`,
);

describe("under a pool that writes", () => {
  let application: Application;
  beforeAll(async () => {
    remember();
    application = new Application();
    await application.pass();
  });
  afterAll(() => application?.stop());

  test("the first rotation adds a login, writes the secret, and later locks the role", async () => {
    expect(ofReadwrite(await rotate({ generation: 1 })).sort()).toEqual(
      ["create orders-readwrite-a-password", "create orders-role-readwrite-a", ...secretReplaced].sort(),
    );
    remember();
    await application.pass();
    expect(ofReadwrite(await rotate({ generation: 1, locked: 0 }))).toEqual(["update orders-role-readwrite"]);
    await expect(as(logins[0]!.readwrite!, (query) => query("select 1"))).rejects.toThrow(/not permitted to log in/);
    await application.pass();
  });

  test("the second adds the other one; then both logins own, alter and write as the role, with its settings and limits", async () => {
    await rotate({ generation: 2, locked: 0 });
    remember();
    const [, a, b] = logins as [object, Record<string, string>, Record<string, string>];
    expect([a.owner, b.owner].map((one) => new URL(one!).username)).toEqual(["owner_a", "owner_b"]);
    await as(a.owner!, async (query) => {
      await query("discard all");
      await query("create table by_a (id int)");
      await query("insert into by_a values (1)");
      await expect(query("alter role owner_b password 'mine'")).rejects.toThrow(/permission denied/);
    });
    await as(b.owner!, async (query) => {
      expect(
        await query("select session_user, current_user, tableowner from pg_tables where tablename = 'by_a'"),
      ).toEqual([{ session_user: "owner_b", current_user: "owner", tableowner: "owner" }]);
      await query("alter table by_a add column note text");
      await query("create table by_b (id int)");
    });
    for (const login of [a.readwrite!, b.readwrite!])
      await as(login, async (query) => {
        await query("insert into by_a (note) values ('by default privileges')");
        await query("insert into by_b values (1)");
        expect(await query("show statement_timeout")).toEqual([{ statement_timeout: "1min" }]);
        expect(await query("show idle_in_transaction_session_timeout")).toEqual([
          { idle_in_transaction_session_timeout: "1min" },
        ]);
        expect(await query("show search_path")).toEqual([{ search_path: "orders, public" }]);
      });
    const limits =
      "select rolname || ' ' || rolconnlimit as one from pg_roles where rolname like 'monitoring%' order by 1";
    expect(await as(b.owner!, (query) => query(limits))).toEqual(
      ["monitoring 5", "monitoring_a 5", "monitoring_b 5"].map((one) => ({ one })),
    );
    await application.pass();
  });

  test("the owner ends a session of the application's login", async () => {
    const ended = expect(as(url("readwrite"), (query) => query("select pg_sleep(300)"))).rejects.toThrow(/terminat/i);
    const end =
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'readwrite_b' and query like '%sleep%'";
    await until("the session is there", async () => (await as(url("owner"), (query) => query(end))).length > 0);
    await ended;
  });

  test("no request was lost, and the next preview finds nothing to do", async () => {
    await rotate({ generation: 2, locked: 1 });
    await application.pass();
    const { lost, written } = await application.stop();
    expect(lost).toEqual([]);
    expect(await as(url("owner"), (query) => query("select count(*)::int as n from invoice"))).toEqual([
      { n: written },
    ]);
    expect(Object.keys((await stack.preview()).changeSummary)).toEqual(["same"]);
  });
});

test("without a grace some are lost", async () => {
  const application = new Application();
  await application.pass();
  await rotate({ generation: 3, locked: 2 });
  await application.pass();
  const { lost } = await application.stop();
  expect(lost).not.toEqual([]);
  expect(lost.filter((one) => !one.startsWith("readwrite_b: "))).toEqual([]);
});
