import type { Judgement } from "../../records";
import type { TierStandard } from "../../../components/standards/standard";
import { tierOf } from "../../tier-of";
import { onlyStaysLonger } from "../data-copies";
import { defineAdmissionRule } from "../rule";

/** What a change needs if the recovery of its database is not proven today, by what its tier says. */
const unproven: Record<TierStandard["unprovenRecovery"], Omit<Judgement, "reason">> = {
  denied: { verdict: "denied" },
  "owner-approves": { verdict: "needs-approval", approvals: [{ by: "owning-team", people: 1 }] },
  allowed: { verdict: "allowed" },
};

export const requireFreshRecovery = defineAdmissionRule({
  id: "require-fresh-recovery",
  why: "When a change goes wrong, the backups are the way back. If nobody has restored them lately, the change is the first test of them. So the standard says for each tier whether a database in production is changed only while its recovery is proven, whether the team that owns it decides to take the risk, or neither. A database without a known tier or environment is judged as the strictest. What is known, by the newest signed verdict, is part of the plan, so it is what people see and approve; right before the change it is read again, and what is no longer proven is decided on again. One kind of change is never denied for this reason, but left to the team that owns the database: a repair that only makes the database private again (`publiclyAccessible`), or raises the retention of its backups to what is declared. It changes nothing that a backup would have to bring back; a database that stays public until its next drill is the greater risk, and one without backups could not be drilled at all.",
  solution:
    "Request a restore drill of the database and wait for its verdict (`npx shipshape request restore-drill --help`); then request the change again. `npx shipshape status` says since when the recovery is not proven, and why.",
  owner: "team-platform",
  judge({ operation, plan, standard }) {
    const { target, database, tags, recovery, copies, removes, restoresProtection: protection } = plan;
    if (operation.effect !== "changes")
      return { verdict: "allowed", reason: `${operation.name} does not change ${target}` };
    if (copies && onlyStaysLonger(copies))
      return {
        verdict: "allowed",
        reason: `${target} is a copy, and only stays longer: another refresh brings it back`,
      };
    if (copies?.replaces)
      return {
        verdict: "allowed",
        reason: `${operation.name} restores ${target}; that what is in ${copies.replaces.database.identifier} is lost is for its team to approve`,
      };
    if (copies)
      return {
        verdict: "allowed",
        reason: `${operation.name} restores ${copies.madeOf ?? target}, and changes nothing but the copy`,
      };
    if (removes)
      return { verdict: "allowed", reason: `${target} is removed for good: nothing of it is to be recovered` };
    if (!database) return { verdict: "allowed", reason: `${target}: each database has a request of its own` };
    if (recovery?.recoverability === "fresh")
      return { verdict: "allowed", reason: `the recovery of ${target} is proven: ${recovery.reason}` };
    const { tier, environment, objectives } = tierOf(tags, standard);
    const known = recovery ? `${recovery.recoverability}, ${recovery.reason}` : "nothing is known about it";
    const reason = `the recovery of ${target} (${tier}, ${environment}) is not proven: ${known}`;
    const judgement = unproven[objectives.unprovenRecovery];
    if (judgement.verdict !== "denied" || !protection) return { ...judgement, reason };
    const restored = `it only restores what protects the database: ${protection.join(", ")}`;
    return { ...unproven["owner-approves"], reason: `${reason}; ${restored}` };
  },
});
