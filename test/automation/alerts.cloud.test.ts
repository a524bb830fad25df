// Alerts on a real PostgreSQL and over real HTTP: none is lost, none is told twice by us, and no secret leaves a worker.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { raiseFinding, tellExpiries } from "../../automation/alerts";
import { openDatabase, type ControlPlaneDatabase } from "../../automation/database";
import type { Fact } from "../../automation/observability/alert";
import { alertsWaitingMax } from "../../automation/observability/limits";
import { addDestinations, failAbandoned, latestAlerts, notify } from "../../automation/observability/notifications";
import { sendDue } from "../../automation/observability/sender";
import { answerFinding } from "../../automation/review/findings";
import { webhook } from "../../automation/targets/alert-webhook";
import { ProbedControlPlane, until } from "./probe";

let probed: ProbedControlPlane;
let database: ControlPlaneDatabase;
let other: ControlPlaneDatabase;
const secret = "B0SECRETPATH";
const endpoint = new (class {
  server: Server | undefined;
  port = 0;
  got: { key: string; what: string }[] = [];
  /** What it does with a message, besides noting it; resolves to its status and answer. */
  answer: (path: string) => [number, string] | Promise<[number, string]> = () => [200, "ok"];

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString()));
      request.on("end", () => {
        const { blocks } = JSON.parse(body) as { blocks: { text: { text: string } }[] };
        this.got.push({ key: String(request.headers["idempotency-key"]), what: blocks[2]!.text.text });
        void Promise.resolve(this.answer(request.url ?? "")).then(([status, said]) =>
          response.writeHead(status).end(said),
        );
      });
    });
    await new Promise<void>((resolve) => this.server!.listen(this.port, "127.0.0.1", resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  stop(): Promise<void> {
    this.server?.closeAllConnections();
    return new Promise((resolve) => (this.server ? this.server.close(() => resolve()) : resolve()));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/services/${secret}`;
  }
})();

beforeAll(async () => {
  probed = await ProbedControlPlane.start();
  ({ database } = probed);
  other = await openDatabase(probed.postgres.url);
  await endpoint.start();
});
afterAll(async () => {
  await endpoint.stop();
  await other?.close();
  await probed?.stop();
});
beforeEach(async () => {
  for (const table of ["alert_delivery", "alert_destination", "notification"])
    await database.query(`delete from ${table}`);
  await addDestinations(database, ["webhook"]);
  endpoint.got = [];
  endpoint.answer = () => [200, "ok"];
});

const fact = (subject: string): Fact => ({
  kind: "run-failed",
  subject,
  database: "orders",
  owner: "team-orders",
  what: subject,
  command: "npx shipshape status",
});
const tell = (...subjects: string[]) =>
  subjects.reduce(
    (before, subject) => before.then(() => database.transaction((t) => notify(t, fact(subject)))),
    Promise.resolve(),
  );
const send = (from = database) => sendDue(from, [webhook(endpoint.url)]);
const received = () => endpoint.got.map(({ what }) => what);
const statuses = async () =>
  (await latestAlerts(database, 100)).reverse().map(({ what, status, attempts }) => [what, status, attempts]);
/** As if the pause before the next attempt were over. */
const later = () => database.query("update alert_delivery set due_at = clock_timestamp() where status = 'waiting'");
const numbered = (count: number) => [...Array(count).keys()].map((i) => `fact ${i}`);
const command = join(__dirname, "../../automation/command-line/shipshape.cjs");
const shipshape = (...words: string[]) =>
  probed.command([command, ...words], { SHIPSHAPE_ALERT_WEBHOOK_URL: endpoint.url });

test("two workers that send at once send each alert once, in the order they were written", async () => {
  await tell(...numbered(20));
  endpoint.answer = () => new Promise((resolve) => setTimeout(() => resolve([200, "ok"]), 5));
  const both = async (from: ControlPlaneDatabase) => {
    while (received().length < 20) await send(from);
  };
  await Promise.all([both(database), both(other)]);
  await Promise.all([send(database), send(other)]);
  expect(received()).toEqual(numbered(20));
  expect(await statuses()).toEqual(numbered(20).map((what) => [what, "sent", 1]));
});

test("a fact that is written again, by two workers at once or later, is told once", async () => {
  await Promise.all([database, other].map((one) => one.transaction((t) => notify(t, fact("once")))));
  await send();
  await tell("once");
  await send();
  expect(received()).toEqual(["once"]);
});

test("what a dead endpoint missed is sent in order once it lives again, and only the first is tried meanwhile", async () => {
  await endpoint.stop();
  await tell("one", "two", "three");
  await send();
  await send(); // not due yet
  expect(await statuses()).toEqual([
    ["one", "waiting", 1],
    ["two", "waiting", 0],
    ["three", "waiting", 0],
  ]);
  const [latest] = await latestAlerts(database, 10);
  expect(latest).toMatchObject({ what: "three", reason: null });
  await endpoint.start();
  await tell("four");
  await later();
  await send();
  expect(received()).toEqual(["one", "two", "three", "four"]);
});

test("a message that the endpoint refuses is given up after five attempts, and those behind it are sent", async () => {
  await tell("refused", "fine");
  endpoint.answer = () => (received().at(-1) === "refused" ? [400, "invalid_blocks"] : [200, "ok"]);
  for (let attempt = 1; attempt <= 5; attempt++) {
    await later();
    await send();
  }
  expect(received()).toEqual([...Array<string>(5).fill("refused"), "fine"]);
  expect(await latestAlerts(database, 10)).toMatchObject([
    { what: "fine", status: "sent" },
    { what: "refused", status: "failed", attempts: 5, reason: "400: invalid_blocks" },
  ]);
});

test("a worker killed after it sent and before it recorded that sends again, under the same key", async () => {
  await tell("twice", "behind");
  const worker = shipshape("worker");
  endpoint.answer = async () => {
    if (received().length > 1) return [200, "ok"];
    worker.kill("SIGKILL");
    await worker.ended;
    return [200, "ok"];
  };
  await worker.ended;
  // PostgreSQL ends the dead worker's transaction, and with it the lock, once it notices.
  await until("another worker has sent it", async () => {
    await send();
    return (await statuses()).every(([, status]) => status === "sent");
  });
  expect(received()).toEqual(["twice", "twice", "behind"]);
  expect(new Set(endpoint.got.map(({ key }) => key)).size).toBe(2);
});

test("a failed run is told as it ends; its finding, once open, is not told again, and another opening is", async () => {
  await probed.worker("a name twice").ended;
  const [told] = await latestAlerts(database, 10);
  const id = told!.requestId!;
  expect(told).toMatchObject({
    kind: "run-failed",
    database: "orders",
    owner: "team-orders",
    command: `npx shipshape show ${id}`,
    status: "waiting",
  });
  const raise = (kind: "run-failed" | "clean-up-stuck" | "throwaway-outlived") =>
    database.transaction((t) => raiseFinding(t, id, kind, "still so"));
  const count = async () => (await latestAlerts(database, 10)).length;
  await raise("run-failed");
  expect(await count()).toBe(1);
  for (const kind of ["clean-up-stuck", "clean-up-stuck", "throwaway-outlived"] as const) await raise(kind);
  expect(await count()).toBe(3);
  const answer = { findingId: `${id}.clean-up`, status: "accepted", reviewer: "ben", comment: "known" } as const;
  await answerFinding(database, answer);
  await raise("clean-up-stuck");
  await raise("clean-up-stuck");
  expect(await count()).toBe(4);
});

test("a run is not recorded as ended unless its alert is written too, and a worker sends both on", async () => {
  await database.query(
    "insert into request (id, operation, input, requested_by, reason) values ('261126093000-0a1b2c3d', 'restore-drill', '{\"database\": \"orders\"}', 'ana', 't')",
  );
  await database.query("insert into run (request_id, status) values ('261126093000-0a1b2c3d', 'running')");
  const status = async () =>
    (await database.query("select status from run where request_id = '261126093000-0a1b2c3d'"))[0]?.["status"];
  await database.query(
    "create function refuse_alerts() returns trigger language plpgsql as $$ begin raise exception 'no alerts today'; end $$",
  );
  await database.query(
    "create trigger refuse before insert on notification for each row execute function refuse_alerts()",
  );
  const worker = shipshape("worker", "--until-idle");
  await until("the sweep has failed", () => worker.stderr().includes("no alerts today"));
  expect(await status()).toBe("running");
  await database.query("drop trigger refuse on notification");
  expect(await worker.ended).toMatchObject({ code: 0 });
  expect(await status()).toBe("failed");
  expect(received()).toEqual([expect.stringContaining("restore-drill: ") as string]);
  expect(await latestAlerts(database, 10)).toMatchObject([{ kind: "run-lost", status: "sent" }]);
});

test("what expires is told once, whichever worker looks, and a plan that waits is read with its expiry", async () => {
  const { stdout: id } = await probed.worker("", "change").ended;
  const expiring = async () => ({ fleet: [], ownerTag: "owner", recoveries: [], waivers: [] });
  await Promise.all([tellExpiries(database, { expiring }), tellExpiries(other, { expiring })]);
  expect(await latestAlerts(database, 10)).toEqual([]);
  const sixDaysLater = new Date(Date.now() + 6.5 * 86_400_000);
  await Promise.all([database, other].map((one) => tellExpiries(one, { expiring }, sixDaysLater)));
  expect(await latestAlerts(database, 10)).toMatchObject([
    { kind: "approval-expires", requestId: id, database: "orders", owner: "team-orders" },
  ]);
});

test("a full queue takes no more, and says so; a destination without workers is given up, and is told nothing more", async () => {
  await tell(...numbered(2));
  await database.query(
    `with more as (insert into notification (key, alert) select 'more ' || i, '{}' from generate_series(3, $1::int) i returning id)
     insert into alert_delivery (destination, notification_id, status) select 'webhook', id, 'waiting' from more`,
    [alertsWaitingMax],
  );
  await tell("too much");
  expect(await latestAlerts(database, 1)).toMatchObject([{ status: "failed", reason: "too many alerts were waiting" }]);
  await database.query("update alert_destination set seen_at = now() - interval '8 days'");
  await failAbandoned(database);
  await tell("to nobody");
  expect(await latestAlerts(database, 2)).toMatchObject([
    { what: "to nobody", destination: null, status: null },
    { what: "too much", status: "failed" },
  ]);
  expect(await database.query("select distinct status from alert_delivery")).toEqual([{ status: "failed" }]);
});

test("the commands show what was sent, what waits and why, and what an endpoint answers; none shows its address", async () => {
  await tell("fine", "not now");
  endpoint.answer = (path) => (received().at(-1) === "fine" ? [200, "ok"] : [503, `busy: ${path}`]);
  await send();
  const listed = await shipshape("alerts").ended;
  expect(listed.stdout).toMatch(
    /^WRITTEN \(UTC\) +TO +STATUS +DATABASE +ALERT\n.*webhook +waiting +orders .*\n.*webhook +sent +orders /,
  );
  expect(listed.stdout).toContain(
    'waiting: "A request ended without a verdict" to webhook after 1 attempt: 503: busy: …',
  );
  expect((await probed.shipshape("status").ended).stdout).toContain("1 alert is not sent (`npx shipshape alerts`)");
  const json = await shipshape("alerts", "--json").ended;
  expect(JSON.parse(json.stdout)).toMatchObject([
    { what: "not now", attempts: 1 },
    { what: "fine", status: "sent" },
  ]);

  const refused = await shipshape("alerts", "test").ended;
  expect(refused).toMatchObject({ code: 1, stdout: "webhook: not accepted (503: busy: …)" });
  endpoint.answer = () => [200, "ok"];
  expect(await shipshape("alerts", "test").ended).toMatchObject({ code: 0, stdout: "webhook: accepted (200: ok)" });
  const without = await probed.shipshape("alerts", "test", "--json").ended;
  expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining("alerts-unconfigured") as string });

  const stored = await database.query(
    "select d::text, n::text from alert_delivery d join notification n on n.id = notification_id",
  );
  expect(stored).toHaveLength(2);
  for (const { stdout, stderr } of [listed, json, refused]) expect(stdout + stderr).not.toContain(secret);
  expect(JSON.stringify(stored)).not.toContain(secret);
});

test("a worker sends traces and metrics to the collector that the environment names, and one that never answers does not keep it", async () => {
  let isSilent = false;
  const got: string[] = [];
  const collector = createServer((call, response) => {
    let body = "";
    call.setEncoding("latin1").on("data", (part: string) => (body += part));
    call.on("end", () => {
      got.push(`${call.url} ${body}`);
      if (!isSilent) response.end();
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  const { port } = collector.address() as AddressInfo;
  try {
    for (isSilent of [false, true]) {
      const words = [
        "request",
        "restore-drill",
        "--database",
        "nowhere",
        "--reason",
        "a hidden reason",
        "--work",
        "--json",
      ];
      const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` };
      const { code, stdout } = await probed.command([command, ...words], environment).ended;
      expect(code).toBe(1);
      if (isSilent) break;
      const { id } = JSON.parse(stdout) as { id: string };
      const [traces, measured] = ["/v1/traces", "/v1/metrics"].map((path) =>
        got.filter((one) => one.startsWith(path)).join(),
      );
      for (const word of [id, "run restore-drill", "step ", "shipshape.attempt", "service.name", "inconclusive"])
        expect(traces).toContain(word);
      for (const word of ["shipshape.runs", "shipshape.step.duration", "shipshape.queue.wait"])
        expect(measured).toContain(word);
      const password = new URL(probed.postgres.url).password;
      for (const secret of [password, "hidden", "nowhere", "127.0.0.1"]) expect(got.join()).not.toContain(secret);
    }
  } finally {
    collector.closeAllConnections();
    collector.close();
  }
});
