import type { ControlPlaneDatabase } from "../../../automation/database";
import { targetDatabase } from "../../../automation/fleet-records";
import type { Verdict } from "../../../automation/records";
import { readRequest } from "../../../automation/request/requests";
import {
  answerFinding,
  answersOf,
  closeFinding,
  closeVerdictsOf,
  openFinding,
  openFindings,
} from "../../../automation/review/findings";
import { concludeFindings } from "../../../automation/run-findings";
import type { AnyOperation } from "../../../automation/runner/operation";
import { queueRun, readRun, setPlan } from "../../../automation/runner/runs";
import { haveControlPlaneDatabase } from "../control-plane-database";

let database: ControlPlaneDatabase;
haveControlPlaneDatabase((made) => void ({ database } = made));

/** A run for `orders` with a verdict to answer; without a resource id it ended before it found the database. */
async function leftOpen(
  requestId: string,
  resourceId?: string,
  {
    account = "123456789012",
    region = "eu-central-1",
    target = "orders",
    operation = "restore-drill",
    subject,
  }: { account?: string; region?: string; target?: string; operation?: string; subject?: string } = {},
): Promise<void> {
  await database.query(
    "insert into request (id, operation, input, requested_by, reason) values ($1, $2, $3, 'ana', 'a test')",
    [requestId, operation, JSON.stringify({ database: target })],
  );
  await queueRun(database, requestId);
  const arn = `arn:aws:rds:${region}:${account}:db:${target}`;
  if (resourceId !== undefined)
    await setPlan(
      database,
      requestId,
      1,
      {
        target,
        database: targetDatabase({ identifier: target, resourceId, arn }),
        tags: {},
        ...(subject !== undefined && { subject }),
        evidenceValidDays: 7,
      },
      "running",
    );
  await openFinding(database, { id: `${requestId}.verdict`, requestId, target, summary: "it failed" });
}

test("a pass answers the open findings of earlier drills of the same database, renamed or not, but not those of another one with its name", async () => {
  await leftOpen("same", "db-ORDERS");
  await leftOpen("renamed", "db-ORDERS", { target: "orders-old" });
  await leftOpen("recreated", "db-BEFORE");
  await leftOpen("elsewhere", "db-ORDERS", { region: "us-east-1" });
  await leftOpen("another-account", "db-ORDERS", { account: "210987654321" });
  await leftOpen("not-found");
  await leftOpen("audited", "db-ORDERS", { operation: "backup-audit" });
  await leftOpen("other-not-found", undefined, { target: "ledger" });
  await openFinding(database, { id: "same.clean-up", requestId: "same", target: "orders", summary: "stuck" });
  await closeVerdictsOf(database, await readRun(database, "same"));
  expect((await openFindings(database, 20)).map(({ id }) => id).sort()).toEqual([
    "another-account.verdict",
    "audited.verdict",
    "elsewhere.verdict",
    "other-not-found.verdict",
    "recreated.verdict",
    "same.clean-up",
  ]);
});

test("an answer closes the finding it is about, once, and leaves the other finding of its request", async () => {
  await leftOpen("answered", "db-ANSWERED");
  await openFinding(database, { id: "answered.clean-up", requestId: "answered", target: "orders", summary: "stuck" });
  const answer = { findingId: "answered.verdict", reviewer: "ana", comment: "it is being restored" };
  await answerFinding(database, { ...answer, status: "follow-up", followUpRequestId: "same" });
  const open = (await openFindings(database, 20)).map(({ id }) => id);
  expect([open.includes("answered.verdict"), open.includes("answered.clean-up")]).toEqual([false, true]);
  await expect(answerFinding(database, { ...answer, status: "accepted" })).rejects.toMatchObject({
    code: "finding-unknown",
  });
  expect(await answersOf(database, "answered")).toEqual([
    { ...answer, status: "follow-up", followUpRequestId: "same", answeredAt: expect.any(Date) as Date },
  ]);
});

test("a pass about a part of a database answers only the findings about the same part, and one about all of it no part's", async () => {
  await leftOpen("whole", "db-PARTS");
  await leftOpen("snapshot-1", "db-PARTS", { subject: "snapshot 1" });
  await leftOpen("snapshot-1-again", "db-PARTS", { subject: "snapshot 1" });
  await leftOpen("snapshot-2", "db-PARTS", { subject: "snapshot 2" });
  await leftOpen("parts-not-found", undefined, { target: "orders" });
  const open = async () =>
    (await openFindings(database, 50))
      .map(({ id }) => id)
      .filter((id) => /^(whole|snapshot|parts)/.test(id))
      .sort();
  await closeVerdictsOf(database, await readRun(database, "snapshot-1"));
  expect(await open()).toEqual(["parts-not-found.verdict", "snapshot-2.verdict", "whole.verdict"]);
  await closeVerdictsOf(database, await readRun(database, "whole"));
  expect(await open()).toEqual(["snapshot-2.verdict"]);
});

test("what a run has found that lasts stays open after a later pass, until a person answers it", async () => {
  const operation = {
    outlasts: (_: unknown, outcome: { leaked: boolean }) => outcome.leaked,
  } as unknown as AnyOperation;
  const ends = async (id: string, leaked: boolean) => {
    await leftOpen(id, "db-LEAKED");
    await closeFinding(database, `${id}.verdict`);
    const verdict: Verdict = { verdict: leaked ? "fail" : "pass", checks: [] };
    await database.transaction(async (t) => {
      const [request, run] = [await readRequest(t, id), await readRun(t, id)];
      await concludeFindings(t, { operation, request, run }, { status: "succeeded", outcome: { leaked }, verdict });
    });
  };
  const open = async () => (await openFindings(database, 50)).map(({ id }) => id).filter((id) => /^leak/.test(id));
  await leftOpen("leaked-before", "db-LEAKED");
  await ends("leaked", true);
  await ends("leaked-not", false);
  expect(await open()).toEqual(["leaked.lasting"]);
  await answerFinding(database, {
    findingId: "leaked.lasting",
    reviewer: "ana",
    comment: "it is gone",
    status: "accepted",
  });
  expect(await open()).toEqual([]);
});
