/** Pure: whether each role is used by its new login, and the one before by nobody. */
import { loginsOf } from "../../../components/standards/rotated-logins";
import { verdictOf, type Check, type Verdict } from "../../records";
import type { FoundLogin, LoginTrial, OldClient } from "../../targets/role-logins";
import { deliveredCheck } from "../stack-changes";
import { clientsNamedMax } from "./limits";
import type { PasswordRotationPlan, RotatedRole } from "./plan";

export type RotationOutcome =
  | { deliveredUntil: string }
  | {
      trials: (LoginTrial & { role: string })[];
      /** Who had a session by the logins before at the end of the grace; undefined if the run ended before it. */
      clients?: OldClient[];
      /** Whether a person ended the grace. */
      endedBy?: string | undefined;
      /** Undefined if nothing was locked. */
      locked?: { sessionsEnded: number; sessionsLeft: number; found: FoundLogin[] };
      /** Defined if the lock was delivered. */
      deliveredUntil?: string;
    };

/**
 * Clients whose session by a login before began when they had already had half of the grace to read the secret. One that
 * had logged out again when we looked is not among them.
 */
export const behind = (clients: OldClient[]): OldClient[] => clients.filter(({ isNew }) => isNew);

export function verifyRotation(plan: PasswordRotationPlan, outcome: RotationOutcome): Verdict {
  if (!("trials" in outcome)) return verdictOf([deliveredCheck(plan, outcome.deliveredUntil)]);
  const { trials, clients, locked, deliveredUntil } = outcome;
  const fate = locked
    ? "they are cut off now"
    : deliveredUntil !== undefined
      ? "the lock that is delivered cuts them off"
      : "nothing is locked: have them read user and password from the secret, and request it again";
  return verdictOf([
    newLoginsWork(trials),
    ...(clients ? [nobodyIsBehind(plan, clients, fate)] : []),
    ...(locked ? [areLocked(plan.roles, locked), areCarried(plan.roles, locked.found)] : []),
    ...(deliveredUntil !== undefined ? [deliveredCheck(plan, deliveredUntil)] : []),
  ]);
}

function newLoginsWork(trials: (LoginTrial & { role: string })[]): Check {
  const failed = trials.filter(({ failure }) => failure !== undefined);
  return {
    name: "new-logins-work",
    verdict: failed.length > 0 ? "fail" : "pass",
    explanation:
      failed.length > 0
        ? `${failed.map(({ role, failure }) => `${role}: ${failure}`).join("; ")}; the logins before may still be used`
        : trials.map(({ user, role, did }) => `${user} acts as ${role}, and ${did}`).join("; "),
    figures: { logins: trials.length, failed: failed.length },
  };
}

function nobodyIsBehind({ roles, graceSeconds }: PasswordRotationPlan, clients: OldClient[], fate: string): Check {
  const late = behind(clients);
  const named = late
    .slice(0, clientsNamedMax)
    .map(({ user, program, sessions }) => `${program} (${user}, sessions in all: ${sessions})`);
  const before = roles.map(({ loginBefore }) => loginBefore).join(", ");
  return {
    name: "clients-use-the-new-logins",
    verdict: late.length > 0 ? "fail" : "pass",
    explanation:
      late.length > 0
        ? `these still log in by the logins before, in sessions that were open at the end of the grace and began in its second half: ${named.join(", ")}; ${fate}`
        : graceSeconds === 0
          ? "it was requested without a grace: nobody was waited for"
          : `no session by ${before} that was open at the end of the grace began in its second half; those that had ended before were not looked for`,
    figures: { clients: late.length, sessions: clients.reduce((sum, { sessions }) => sum + sessions, 0) },
  };
}

function areLocked(
  roles: RotatedRole[],
  { found, sessionsEnded, sessionsLeft }: { found: FoundLogin[]; sessionsEnded: number; sessionsLeft: number },
): Check {
  const open = roles.flatMap(({ loginBefore }) =>
    found.find(({ user }) => user === loginBefore)?.mayLogIn === false ? [] : [loginBefore],
  );
  const isDone = open.length === 0 && sessionsLeft === 0;
  return {
    name: "logins-before-are-locked",
    verdict: isDone ? "pass" : "fail",
    explanation: isDone
      ? `${roles.map(({ loginBefore }) => loginBefore).join(", ")} may not log in; ${sessionsEnded} of their sessions were ended, and none is left`
      : `${open.length > 0 ? `${open.join(", ")} may still log in; ` : ""}${sessionsLeft} sessions are left`,
    figures: { sessionsEnded, sessionsLeft, open: open.length },
  };
}

/** Members of a role get neither its settings nor its limits. */
function areCarried(roles: RotatedRole[], found: FoundLogin[]): Check {
  const of = (name: string) => found.find(({ user }) => user === name);
  const wrong = roles.flatMap(({ role, generation }) => {
    const [wanted, logins] = [of(role), loginsOf(role, { generation }).logins];
    return logins
      .filter(({ username }) => !wanted || of(username)?.limits !== wanted.limits)
      .map((one) => one.username);
  });
  return {
    name: "settings-are-carried",
    verdict: wrong.length > 0 ? "fail" : "pass",
    explanation:
      wrong.length > 0
        ? `the timeouts, search path or limits of ${wrong.join(", ")} differ from those of their role`
        : "each login has the timeouts, the search path and the limits of its role",
    figures: { different: wrong.length },
  };
}
