import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase } from "../../automation/database";
import { readRun } from "../../automation/runner/runs";
import { ProbedControlPlane, until } from "./probe";

let probed: ProbedControlPlane;
beforeAll(async () => {
  probed = await ProbedControlPlane.start();
});
afterAll(() => probed?.stop());

const aliveWorkers = async () =>
  Number((await probed.database.query<{ count: string }>("select count(*) from worker"))[0]?.count);

test("a frozen worker is replaced, and does nothing more when it wakes up", async () => {
  const silentSeconds = 15;
  const frozen = probed.worker("stay in first", "", silentSeconds);
  await until(
    "it is in its step",
    async () => frozen.stdout() !== "" && (await probed.effects("stayed").catch(() => 0)) > 0,
  );
  frozen.kill("SIGSTOP");
  const id = frozen.stdout();
  expect(await probed.worker("", id, silentSeconds).ended).toMatchObject({ code: 0 });
  expect(await readRun(probed.database, id)).toMatchObject({ status: "succeeded", verdict: "pass", cleanUp: "done" });
  const before = await probed.effects("stayed");
  frozen.kill("SIGCONT");
  const { code, stderr } = await frozen.ended;
  expect({ code, stderr }).toEqual({
    code: 70,
    stderr: expect.stringMatching(/worker-(silent|session-lost)/) as string,
  });
  expect(await probed.effects("stayed")).toBe(before);
  expect([await probed.effects("first"), await probed.effects("second"), await probed.effects("remove")]).toEqual([
    2, 1, 1,
  ]);
});

test("a worker of another release sets aside what it lacks and warns of it; the request ends on workers that have its version", async () => {
  const newer = (moment: string, id?: string) => probed.worker(`version 2: ${moment}`, id).ended;
  const { stdout: id, signal } = await newer("submitted");
  expect(signal).toBe("SIGKILL");
  const older = probed.worker("", id);
  const setAside = (part: string) =>
    until(`the ${part} is set aside`, async () => {
      const found = await probed.database.query(
        "select from dbos.workflow_status where name = $1 and queue_name like 'set aside: %'",
        [`probe.v2.${part}`],
      );
      return found.length === 1;
    });
  await setAside("prepare");
  expect((await newer("after first", id)).signal).toBe("SIGKILL");
  await setAside("carry-out");
  expect(await readRun(probed.database, id)).toMatchObject({ status: "running", verdict: undefined });
  // Of the same database: what is set aside does not block it.
  const other = await probed.worker("").ended;
  expect(await readRun(probed.database, other.stdout)).toMatchObject({ status: "succeeded", cleanUp: "done" });
  expect((await newer("after remove", id)).signal).toBe("SIGKILL");
  await setAside("clean-up");
  expect(await newer("", id)).toMatchObject({ code: 0, signal: null });
  const { code, stderr } = await older.ended;
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringContaining(`request ${id} began with version 2 of probe, which this worker does not have`),
  });
  const { status, verdict, cleanUp, steps } = await readRun(probed.database, id);
  expect({ status, verdict, cleanUp }).toEqual({ status: "succeeded", verdict: "pass", cleanUp: "done" });
  const attempts = Object.entries(steps).map(([name, step]) => `${name} ${step.attempts}`);
  expect(attempts.sort()).toEqual(["first 2", "observe 1", "remove 2", "second 1"]);
});

test("when PostgreSQL restarts, a worker ends and says why, and a waiting command keeps waiting and prints the request's id", async () => {
  const waiting = probed.shipshape("request", "restore-drill", "--database", "nowhere", "--reason", "a test", "--wait");
  await until("it says that there is no worker", () =>
    waiting.stderr().includes("no worker is alive: start one (`npx shipshape worker`)"),
  );
  const id = /request (\S+)/.exec(waiting.stderr())?.[1] ?? "";
  // The workers below must not run this request.
  await probed.database.query(
    "update dbos.workflow_status set application_version = 'of a release that no worker runs' where workflow_uuid = $1",
    [id],
  );
  const [plain, json] = [probed.shipshape("worker"), probed.shipshape("worker", "--json")];
  await until("two workers are alive", async () => (await aliveWorkers()) === 2);
  await probed.postgres.server.stop("immediate");
  await until("the wait is interrupted by the outage", () =>
    waiting.stderr().includes("the control plane does not answer; retrying"),
  );
  await probed.postgres.server.start();
  expect(await plain.ended).toMatchObject({
    code: 70,
    stderr: expect.stringMatching(/error: worker \S+ lost its session [^]*hint: [^]*\[worker-session-lost\]/),
  });
  const ended = await json.ended;
  expect({ code: ended.code, error: JSON.parse(ended.stderr.trim().split("\n").at(-1)!) }).toMatchObject({
    code: 70,
    error: { error: { code: "worker-session-lost" } },
  });
  waiting.kill("SIGINT");
  const { code, stderr } = await waiting.ended;
  expect(code).toBe(130);
  expect(stderr).toMatch(
    new RegExp(`no longer waiting for request ${id}[^]*npx shipshape show ${id}[^]*\\[wait-interrupted\\]`),
  );
  const shown = JSON.parse((await probed.shipshape("show", id, "--json").ended).stdout) as Record<string, unknown>;
  expect(shown).toMatchObject({
    id,
    status: "queued",
    reason: "a test",
    requestedBy: expect.any(String),
    receivedAt: expect.stringMatching(/Z$/),
  });
  expect(Object.keys(shown).filter((name) => name.includes("_"))).toEqual([]);
  await probed.database.query("delete from worker");
});

test("while the database has no connection left, a process waits for one instead of failing", async () => {
  const limit = (count: string) => probed.postgres.server.query(`alter role control connection limit ${count}`);
  await limit("0"); // of those that open now; others stay
  let isOpen = false;
  const opening = openDatabase(probed.postgres.url).then((opened) => ((isOpen = true), opened));
  await sleep(500);
  expect(isOpen).toBe(false);
  await limit("-1");
  await (await opening).close();
});

test("any reason why the control plane's database cannot be used has the same code, and names the address but no password", async () => {
  const { url } = probed.postgres;
  const bad = {
    refused: "postgresql://control:hidden@127.0.0.1:9/control",
    "wrong password": url.replace(/control:[^@]+@/, "control:hidden@"),
    "no such database": url.replace("/control?", "/absent?"),
    "another authority": url.replace(/sslrootcert=.*/, `sslrootcert=${__filename}`),
    "no such host": "postgresql://control:hidden@nowhere.invalid/control",
    "no URL": "control:hidden",
    "no address in the URL": "postgresql://control:hidden@[/control",
  };
  for (const [why, wrong] of Object.entries(bad)) {
    const error: Error = await openDatabase(wrong).then(
      () => new Error(`${why}: opened`),
      (thrown: Error) => thrown,
    );
    expect({ why, error }).toMatchObject({
      error: { code: "control-plane-unreachable", hint: expect.stringContaining("SHIPSHAPE_DATABASE_URL") as string },
    });
    expect(error.message).not.toContain("hidden");
  }
});
