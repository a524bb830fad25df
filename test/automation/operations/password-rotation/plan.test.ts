import type { DeclaredRole, Ownership } from "../../../../automation/fleet-records";
import {
  planLock,
  planRotation,
  rotationStillHolds,
  type ObservedRotation,
} from "../../../../automation/operations/password-rotation/plan";
import { passwordRotationRequest } from "../../../../automation/operations/password-rotation/request";
import { verifyRotation, type RotationOutcome } from "../../../../automation/operations/password-rotation/verify";
import { waitSecondsMax } from "../../../../automation/runner/limits";
import { builtIn } from "../../../../components/standards/built-in";
import { databaseNamed } from "../toy-change";

const file = "Pulumi.database.tokens.yaml";
const id = "261127050000-0a1b2c3d";

/** A database that is called after tokens, which are secrets: its name must not be taken for one. */
function observed(roles: Record<string, Omit<DeclaredRole, "secretName">>, said?: object): ObservedRotation {
  const rotation = said ?? Object.fromEntries(Object.entries(roles).filter(([, one]) => one.generation > 0));
  const text = `config:\n  shipshape:request:\n    service: tokens\n${
    Object.keys(rotation).length > 0
      ? `  shipshape:rotation: ${JSON.stringify({ "tokens-production": rotation })}\n`
      : ""
  }`;
  return {
    ...databaseNamed("tokens-production"),
    tags: { owner: "team-tokens" },
    stack: {
      stack: "shop/database.tokens",
      urn: "urn:tokens",
      ownership: "ours",
      config: { file, text },
      access: {
        schemaName: "tokens",
        roles: Object.fromEntries(
          Object.entries(roles).map(([role, one]) => [role, { ...one, secretName: `tokens/${role}` }]),
        ),
      },
    },
  };
}
const asked = (more: object = {}) => passwordRotationRequest.parse({ database: "tokens-production", ...more });
const plan = (from: ObservedRotation, more: object = {}) => planRotation(asked(more), from, id, builtIn);

test("all roles with a password rotate unless some are named, each to the login that is not in use", () => {
  const from = observed({ owner: { generation: 0 }, readwrite: { generation: 3, locked: 2 } });
  const { change, roles, does, graceSeconds, waits } = plan(from);
  expect({ does, graceSeconds, waits }).toEqual({ does: "rotate", graceSeconds: 86_400, waits: true });
  expect(roles.map(({ inUse, loginBefore }) => `${loginBefore} → ${inUse}`)).toEqual([
    "owner → owner_a",
    "readwrite_a → readwrite_b",
  ]);
  expect(change.set).toEqual([
    { path: ["tokens-production", "owner", "generation"], value: 1 },
    { path: ["tokens-production", "readwrite", "generation"], value: 4 },
  ]);
  const only = plan(from, { roles: "readwrite" });
  expect(only).toMatchObject({ subject: "readwrite", roles: [{ role: "readwrite" }] });
});

test("what was left in its grace is locked first, and nothing else", () => {
  const { does, roles, change } = plan(observed({ owner: { generation: 0 }, readwrite: { generation: 2, locked: 0 } }));
  expect({ does, before: roles.map(({ loginBefore }) => loginBefore) }).toEqual({
    does: "lock",
    before: ["readwrite_a"],
  });
  expect(change.set).toEqual([{ path: ["tokens-production", "readwrite", "locked"], value: 1 }]);
  expect(change.expected).toEqual([{ property: "readwrite.locked", from: 0, to: 1 }]);
  // People read it before anything is tried: that nobody uses them would be a promise.
  expect(change.why).toBe("The logins readwrite_a are locked: the secrets name others.");
});

test("a team that has the program gets commands for its stack, and the state of that stack says when it is done", () => {
  const from = observed({ readwrite: { generation: 0 } });
  const theirs = { ...from, stack: { ...from.stack, ownership: "delivered" as Ownership, config: null } };
  const { change } = plan(theirs);
  expect(change.reaches).toBe("instructions");
  expect(change.text).toBe(
    "In the folder of the program of stack shop/database.tokens:\n\n" +
      "  pulumi config set --path --stack shop/database.tokens 'shipshape:rotation[\"tokens-production\"].readwrite.generation' 1\n" +
      "  pulumi up --stack shop/database.tokens\n",
  );
  expect(change.expected).toEqual([{ property: "readwrite.generation", from: 0, to: 1 }]);
});

test.each([
  ["a role that it lacks", { roles: "reports" }, observed({ owner: { generation: 0 } }), "rotation-role-unknown"],
  [
    "a name that every object has",
    { roles: "constructor" },
    observed({ owner: { generation: 0 } }),
    "rotation-role-unknown",
  ],
  [
    "a generation that is committed and not brought up",
    {},
    observed({ owner: { generation: 0 } }, { owner: { generation: 1 } }),
    "rotation-unfinished",
  ],
  [
    "a lock that is brought up and not committed",
    {},
    observed({ owner: { generation: 1, locked: 0 } }, { owner: { generation: 1 } }),
    "rotation-unfinished",
  ],
])("%s is refused", (_, more, from, code) => {
  expect(() => plan(from, more)).toThrow(expect.objectContaining({ code }) as Error);
});

test("a stack that does not say its roles cannot be rotated", () => {
  const from = observed({ owner: { generation: 0 } });
  const { access: _, ...stack } = from.stack;
  expect(() => plan({ ...from, stack })).toThrow(expect.objectContaining({ code: "rotation-undeclared" }) as Error);
});

test.each(["Owner", "owner,", "owner, readwrite", "owner;drop role owner"])("roles %j are refused", (roles) => {
  expect(() => asked({ roles })).toThrow();
});

test("a grace may last as long as a run may wait", () => {
  expect(asked({ graceMinutes: waitSecondsMax / 60 }).graceMinutes).toBe(20_160);
  expect(() => asked({ graceMinutes: waitSecondsMax / 60 + 1 })).toThrow("two weeks");
});

test("the lock is planned by what is committed then, and not if someone has rotated again", () => {
  const rotation = plan(observed({ readwrite: { generation: 0 } }));
  const later = observed({ readwrite: { generation: 1 } });
  const text = `${later.stack.config!.text}  other:key: changed meanwhile\n`;
  const lock = planLock(rotation, { ...later, stack: { ...later.stack, config: { file, text } } });
  expect(lock.requestId).toBe(`${id}-lock`);
  expect(lock.set).toEqual([{ path: ["tokens-production", "readwrite", "locked"], value: 0 }]);
  const overtaken = observed({ readwrite: { generation: 2, locked: 0 } });
  expect(() => planLock(rotation, overtaken)).toThrow(
    expect.objectContaining({ code: "rotation-unfinished" }) as Error,
  );
});

test("a plan no longer holds for another database, other tags, another generation or another config", () => {
  const from = observed({ readwrite: { generation: 0 } });
  const planned = plan(from);
  expect(rotationStillHolds(planned, from, builtIn)).toBe(true);
  const others: ObservedRotation[] = [
    { ...from, resourceId: "db-OTHER" },
    { ...from, tags: {} },
    { ...observed({ readwrite: { generation: 1 } }) },
    { ...from, stack: { ...from.stack, config: { file, text: `${from.stack.config!.text}# a comment\n` } } },
  ];
  expect(others.map((one) => rotationStillHolds(planned, one, builtIn))).toEqual([false, false, false, false]);
});

describe("the verdict", () => {
  const planned = plan(observed({ readwrite: { generation: 1, locked: 0 } }));
  const [role] = planned.roles;
  const limits = "-1 infinity statement_timeout=60000";
  const found = [
    { user: "readwrite", mayLogIn: false, limits },
    { user: "readwrite_a", mayLogIn: false, limits },
    { user: "readwrite_b", mayLogIn: true, limits },
  ];
  const good: RotationOutcome & { locked: object } = {
    trials: [{ role: "readwrite", user: "readwrite_b", did: "may write to t" }],
    clients: [{ user: "readwrite_a", program: "shop", sessions: 1, isNew: false }],
    locked: { sessionsEnded: 1, sessionsLeft: 0, found },
  };
  const verdictOn = (outcome: RotationOutcome) => {
    const { verdict, checks } = verifyRotation(planned, outcome);
    return [verdict, ...checks.filter((check) => check.verdict !== "pass").map(({ name }) => name)];
  };

  test("passes when the login in use works, and the one before is locked and without sessions", () => {
    expect(role).toMatchObject({ inUse: "readwrite_b", loginBefore: "readwrite_a" });
    expect(verdictOn(good)).toEqual(["pass"]);
  });

  test("fails, and says what, where a login fails, a client is behind, a login or a session is left, or settings differ", () => {
    const trials = [{ role: "readwrite", user: "readwrite_b", did: "", failure: "no" }];
    const late = [{ user: "readwrite_a", program: "shop", sessions: 3, isNew: true }];
    const open = found.map((one) => ({ ...one, mayLogIn: true }));
    const other = found.map((one) => (one.user === "readwrite_b" ? { ...one, limits: "-1 infinity" } : one));
    expect(verdictOn({ trials })).toEqual(["fail", "new-logins-work"]);
    expect(verdictOn({ trials: good.trials, clients: late })).toEqual(["fail", "clients-use-the-new-logins"]);
    expect(verdictOn({ ...good, locked: { sessionsEnded: 0, sessionsLeft: 0, found: open } })).toEqual([
      "fail",
      "logins-before-are-locked",
    ]);
    expect(verdictOn({ ...good, locked: { sessionsEnded: 0, sessionsLeft: 2, found } })).toEqual([
      "fail",
      "logins-before-are-locked",
    ]);
    expect(verdictOn({ ...good, locked: { sessionsEnded: 0, sessionsLeft: 0, found: other } })).toEqual([
      "fail",
      "settings-are-carried",
    ]);
    expect(verdictOn({ ...good, locked: { sessionsEnded: 0, sessionsLeft: 0, found: [] } })[0]).toBe("fail");
  });

  test("says of clients what one look has shown, and nothing of those that had logged out", () => {
    const saidOf = (isNew: boolean) =>
      verifyRotation(planned, { ...good, clients: [{ user: "readwrite_a", program: "shop", sessions: 3, isNew }] })
        .checks[1];
    expect(saidOf(false)).toMatchObject({
      verdict: "pass",
      explanation:
        "no session by readwrite_a that was open at the end of the grace began in its second half; those that had ended before were not looked for",
    });
    expect(saidOf(true)).toMatchObject({
      verdict: "fail",
      explanation:
        "these still log in by the logins before, in sessions that were open at the end of the grace and began in its second half: shop (readwrite_a, sessions in all: 3); they are cut off now",
    });
  });

  test("is inconclusive where the change was delivered", () => {
    expect(verdictOn({ deliveredUntil: "2026-12-11T05:00:00Z" })[0]).toBe("inconclusive");
  });
});
