/** Errors of requests, approvals, roles, runs and findings. Roles are in force, and a worker is alive. */
import { ShipshapeError } from "../../../automation/errors";
import { publishAccess } from "../../../automation/policy/access";
import type { Access } from "../../../automation/policy/roles";
import { openFindings } from "../../../automation/review/findings";
import { until } from "../../until";
import type { Row } from "./row";
import { askForLabel, type Said, type Scene } from "./scene";

const access = (operators: string[]): Access => ({
  roles: {
    requester: ["everyone"],
    operator: operators,
    approver: ["embedded:ben", "embedded:carla"],
    auditor: ["everyone"],
  },
  teams: { "team-orders": ["embedded:alice"] },
  approvals: [{ effect: ["changes"], by: "approver", people: 2 }],
});
export const publish = async (at: Scene, operators: string[]): Promise<void> =>
  publishAccess(await at.records(), access(operators), "a test");
/** The operating system's user of this process. */
export const me = async (at: Scene): Promise<string> => {
  const { text } = await at.run(["show", await at.requested(), "--json"]);
  return `os:${(JSON.parse(text) as { requestedBy: string }).requestedBy}`;
};

const unknown = "261123093000-1a2b3c4d";
const askAgain = async (at: Scene): Promise<Said> => at.run(askForLabel, await at.as("alice"));
let asked: { id: string; plan: string };
let finding = "";
const recorded = (code: Row["code"], errorOf: (id: string) => ShipshapeError): Row => ({
  code,
  fails: (at) => at.showRecorded(errorOf),
  works: askAgain,
});

export const controlPlaneRows: Row[] = [
  {
    code: "operation-unknown",
    fails: (at) => at.run(["pause", "lable", "--reason", "a test"]),
    works: (at) => at.run(["pause", "label", "--reason", "a test"]),
  },
  {
    code: "pause-unknown",
    fails: (at) => at.run(["resume", "all"]),
    works: (at) => at.run(["resume", "label"]),
  },
  {
    code: "request-invalid",
    fails: (at) => at.run(["request", "label", "--database", "shop", "--label-text", "x", "--reason", "a test"]),
    works: askAgain,
  },
  {
    code: "request-unknown",
    fails: (at) => at.run(["show", unknown]),
    works: async (at) => at.run(["show", await at.requested()]),
  },
  {
    code: "request-denied",
    fails: async (at) => at.overAndShown(await at.requested(await at.as("erin"))),
    works: askAgain,
  },
  {
    code: "role-missing",
    fails: async (at) => at.run(["pause", "all", "--reason", "a test"], await at.as("dave")),
    mend: async (at) => publish(at, [await me(at), "embedded:dave"]),
    works: async (at) => {
      await at.run(["pause", "all", "--reason", "a test"], await at.as("dave"));
      return at.run(["resume", "all"], await at.as("dave"));
    },
  },
  {
    code: "plan-another",
    async fails(at) {
      asked = await at.waiting();
      return at.approve("ben", { ...asked, plan: "0123456789abcdef" });
    },
    works: (at, printed) =>
      at.approve("ben", { ...asked, plan: /plan ([0-9a-f]{64}), to be approved/.exec(printed)![1]! }),
  },
  {
    code: "approval-repeated",
    fails: (at) => at.approve("ben", asked),
    works: (at) => at.approve("carla", asked),
  },
  {
    code: "approval-not-needed",
    fails: (at) => at.approve("carla", asked),
    works: async (at) => at.approve("carla", await at.waiting()),
  },
  {
    code: "approval-own-request",
    async fails(at) {
      asked = await at.waiting();
      return at.approve("alice", asked);
    },
    works: (at) => at.approve("ben", asked),
  },
  {
    code: "approval-of-others",
    fails: (at) => at.approve("dave", asked),
    works: (at) => at.approve("carla", asked),
  },
  {
    code: "comment-invalid",
    async fails(at) {
      asked = await at.waiting();
      const words = ["approve", asked.id, "--plan", asked.plan, "--comment", "x".repeat(2001)];
      return at.run(words, await at.as("ben"));
    },
    works: (at) => at.approve("ben", asked),
  },
  {
    code: "approval-rejected",
    async fails(at) {
      const { id, plan } = await at.waiting();
      await at.run(["reject", id, "--plan", plan, "--comment", "not today"], await at.as("ben"));
      return at.overAndShown(id);
    },
    works: askAgain,
  },
  {
    code: "approval-too-late",
    async fails(at) {
      // Before the sweep ends it, which looks every second.
      asked = await at.waiting();
      const records = await at.records();
      await records.query("update decision set expires_at = clock_timestamp() where request_id = $1", [asked.id]);
      return at.approve("ben", asked);
    },
    works: async (at) => at.approve("ben", await at.waiting()),
  },
  { code: "approval-missing", fails: (at) => at.overAndShown(asked.id), works: askAgain },
  {
    code: "plan-altered",
    async fails(at) {
      const { id, plan } = await at.waiting();
      const records = await at.records();
      await records.query(`update run set plan = jsonb_set(plan, '{after}', '"forged"') where request_id = $1`, [id]);
      for (const name of ["ben", "carla"]) await at.approve(name, { id, plan });
      return at.overAndShown(id);
    },
    works: askAgain,
  },
  {
    code: "run-cancelled",
    async fails(at) {
      asked = await at.waiting();
      await at.run(["cancel", asked.id]);
      return at.overAndShown(asked.id);
    },
    works: askAgain,
  },
  {
    code: "run-over",
    fails: (at) => at.run(["cancel", asked.id]),
    works: async (at) => at.run(["cancel", (await at.waiting()).id]),
  },
  {
    code: "clean-up-not-stuck",
    fails: (at) => at.run(["clean-up", asked.id]),
    works: (at) => at.run(["show", asked.id]),
  },
  {
    code: "finding-unknown",
    async fails(at) {
      await at.run(["request", "backup-audit", "--database", "nope", "--reason", "a test"]);
      const records = await at.records();
      finding = await until("there is a finding", async () => (await openFindings(records, 1))[0]?.id);
      return at.run(["review", `${unknown}.verdict`, "--accept", "--comment", "a test"]);
    },
    works: (at) => at.run(["review", finding, "--accept", "--comment", "a test"]),
  },
  // Recorded as the sweep and the lifecycle do; what leads there takes a killed worker or a changing world, and is
  // tested in runner/sweep.cloud, approval.cloud and harness/every-step.
  recorded("run-lost", (id) => new ShipshapeError("run-lost", { id })),
  recorded(
    "run-overdue",
    (id) => new ShipshapeError("run-overdue", { id, identifier: `drill-${id}`, expiresAt: "2026-11-01T00:00:00Z" }),
  ),
  recorded("plan-outdated", (id) => new ShipshapeError("plan-outdated", { id, plans: 5 })),
  {
    code: "worker-session-lost",
    async fails(at) {
      const records = await at.records();
      at.ensureWorker();
      await until("the worker is registered", async () => (await records.query("select from worker")).length === 1);
      await records.query("select pg_terminate_backend(session_pid) from worker");
      return at.workerEnded();
    },
    works: async (at) => (await at.waiting(), at.run(["status"])),
  },
];
