// The run of a rotation, step by step: what has to be seen before a login is locked, here or by another team.
import { passwordRotation } from "../../../../automation/operations/password-rotation/password-rotation";
import type { PasswordRotationPlan } from "../../../../automation/operations/password-rotation/plan";
import type { PasswordRotationSteps } from "../../../../automation/operations/password-rotation/steps";
import type { RotationOutcome } from "../../../../automation/operations/password-rotation/verify";
import type { Message } from "../../../../automation/records";
import type { RunStep, Work } from "../../../../automation/runner/operation";
import { builtIn } from "../../../../components/standards/built-in";
import { databaseNamed } from "../toy-change";

/** Another team's stack, whose rotation was left in its grace. */
const plan: PasswordRotationPlan = {
  target: "orders",
  database: databaseNamed("orders"),
  tags: {},
  evidenceValidDays: 90,
  change: {
    stack: "shop/database.orders",
    urn: "urn:orders",
    set: [],
    why: "",
    requestId: "261127050000-0a1b2c3d",
    expected: [],
    reaches: "instructions",
    text: "",
    config: null,
    withinDays: 14,
  },
  does: "lock",
  schemaName: "orders",
  roles: [
    {
      role: "readwrite",
      before: { generation: 1, secretName: "orders/readwrite" },
      generation: 1,
      inUse: "readwrite_a",
      loginBefore: "readwrite",
    },
  ],
  graceSeconds: 3600,
  waits: true,
};

interface Seen {
  failure?: string;
  isLate?: boolean;
  message?: Message;
  graceSeconds?: number;
}

async function run({ failure, isLate = false, message, graceSeconds = 3600 }: Seen) {
  const [taken, began]: [string[], unknown[]] = [[], []];
  const steps = {
    changes: { deliver: () => Promise.resolve("2026-12-11T05:00:00Z") },
    programFor: () => undefined,
    tryLogins: () => Promise.resolve([{ role: "readwrite", user: "readwrite_a", did: "may write", failure }]),
    beginGrace: () => Promise.resolve("2026-11-27 05:00:00+00"),
    clientsBefore: (_: unknown, graceBegan: unknown) => {
      began.push(graceBegan);
      return Promise.resolve([{ user: "readwrite", program: "shop", sessions: 1, isNew: isLate }]);
    },
  } as unknown as PasswordRotationSteps;
  const keyed = (key: string) =>
    Object.assign(
      (name: string, _: unknown, work: Work<unknown>) => {
        taken.push(name + key);
        return work(new AbortController().signal, () => undefined);
      },
      { waitFor: () => Promise.resolve(message), keyed: (more: string) => keyed(` (${more})`) },
    );
  const operation = passwordRotation(steps, builtIn);
  const asked = { ...plan, graceSeconds };
  const outcome: RotationOutcome = await operation.run(asked, keyed("") as unknown as RunStep);
  const { verdict, checks } = operation.verify(asked, outcome);
  return { taken, began, verdict, checks: checks.map((check) => `${check.name}: ${check.verdict}`), all: checks };
}

const delivered = "deliver the change (lock)";

test("a lock is delivered only once the logins in use were tried and, after the grace, clients were looked for", async () => {
  const { taken, began, verdict, checks } = await run({});
  expect(taken).toEqual(["log in as each role", "begin the grace", "look for clients of the logins before", delivered]);
  expect(began).toEqual(["2026-11-27 05:00:00+00"]);
  expect(verdict).toBe("inconclusive");
  expect(checks).toEqual(["new-logins-work: pass", "clients-use-the-new-logins: pass", "change-is-made: inconclusive"]);
});

test.each([
  ["a login in use that does not work", { failure: "it is refused" }, ["new-logins-work: fail"]],
  ["a client that is late", { isLate: true }, ["new-logins-work: pass", "clients-use-the-new-logins: fail"]],
])("%s leaves the lock undelivered", async (_, seen, wanted) => {
  const { taken, verdict, checks } = await run(seen);
  expect(taken).not.toContain(delivered);
  expect({ verdict, checks }).toEqual({ verdict: "fail", checks: wanted });
});

test("a person who ends the grace has it delivered in any case, and the verdict says whom it will cut off", async () => {
  const { taken, verdict, all } = await run({ isLate: true, message: { sentBy: "ben", content: null } });
  expect(taken).toContain(delivered);
  expect(verdict).toBe("fail");
  expect(all[1]?.explanation).toMatch(
    /shop \(readwrite, sessions in all: 1\); the lock that is delivered cuts them off$/,
  );
});

test("without a grace it waits for nobody, and takes no client for late", async () => {
  const { taken, began } = await run({ graceSeconds: 0 });
  expect(taken).toEqual(["log in as each role", "look for clients of the logins before", delivered]);
  expect(began).toEqual([undefined]);
});
