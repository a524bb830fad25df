/** The rotation of passwords: new logins come into use, are tried, and those before are locked after a grace. */
import type { Standard } from "../../../components/standards/standard";
import type { Operation } from "../../runner/operation";
import type { OperationContext } from "../operation-context";
import { carryOutChange } from "../stack-changes";
import { loginStep, lookStep } from "./limits";
import { planRotation, rotationStillHolds, type ObservedRotation, type PasswordRotationPlan } from "./plan";
import { passwordRotationDescription, type PasswordRotationRequest } from "./request";
import type { PasswordRotationSteps } from "./steps";
import { behind, verifyRotation, type RotationOutcome } from "./verify";

export const open = async (context: OperationContext) =>
  passwordRotation((await import("./steps")).passwordRotationSteps(context), context.standard);

export const passwordRotation = (
  steps: PasswordRotationSteps,
  standard: Standard,
): Operation<PasswordRotationRequest, ObservedRotation, PasswordRotationPlan, RotationOutcome> => ({
  ...passwordRotationDescription,

  observe: (request, step) => step("look at the database and its stack", lookStep, () => steps.observe(request)),
  plan: (request, observed, requestId) => planRotation(request, observed, requestId, standard),
  stillHolds: (plan, observed) => rotationStillHolds(plan, observed, standard),

  async run(plan, step) {
    const { does, graceSeconds, change } = plan;
    const program = steps.programFor(plan);
    if (does === "rotate") {
      const changed = await carryOutChange(steps.changes, plan, program, step);
      if ("deliveredUntil" in changed) return changed;
    }
    const trials = await step("log in as each role", loginStep, () => steps.tryLogins(plan));
    if (trials.some(({ failure }) => failure !== undefined)) return { trials };
    const began = graceSeconds > 0 ? await step("begin the grace", loginStep, () => steps.beginGrace(plan)) : undefined;
    // The time that clients have to read the new login; a person can end it.
    const message = began === undefined ? undefined : await step.waitFor("the end of the grace", graceSeconds);
    const clients = await step("look for clients of the logins before", loginStep, () =>
      steps.clientsBefore(plan, began),
    );
    const isForced = graceSeconds === 0 || message !== undefined;
    if (!isForced && behind(clients).length > 0) return { trials, clients };
    const lock = does === "lock" ? change : await step("plan the lock", lookStep, () => steps.planLock(plan));
    const changed = await carryOutChange(steps.changes, { ...plan, change: lock }, program, step.keyed("lock"));
    const seen = { trials, clients, endedBy: message?.sentBy };
    if ("deliveredUntil" in changed) return { ...seen, ...changed };
    const sessionsEnded = await step("end the sessions of the logins before", loginStep, () => steps.endSessions(plan));
    const looked = await step("look at the logins", loginStep, () => steps.lookAtLogins(plan));
    return { ...seen, locked: { sessionsEnded, ...looked } };
  },

  verify: verifyRotation,
});
