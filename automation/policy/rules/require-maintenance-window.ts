import { maintenanceWindowOf, secondsSinceOpened, weekSeconds } from "../../../components/standards/windows";
import { defineAdmissionRule } from "../rule";

export const requireMaintenanceWindow = defineAdmissionRule({
  id: "require-maintenance-window",
  why: "The maintenance window is when the users of a database expect it to be away. At any other time an interruption is an outage, so the team that owns the database decides whether it happens. The window is the one that RDS has, in UTC; a change has to begin in it, and may end after it. A window that cannot be read is never open. A train of patches may have a window of its own, which people approve with its plan, and which counts instead; in one that has none, the window of each database counts.",
  solution:
    "Request it again in the window, or have a member of the owning team approve the plan (`npx shipshape approve <id> --help`).",
  owner: "team-platform",
  judge({ operation, plan: { target, interrupts }, approvedWith, now }) {
    if (!interrupts) return { verdict: "allowed", reason: `${operation.name} does not interrupt ${target}` };
    if (approvedWith?.hasWindow)
      return { verdict: "allowed", reason: `request ${approvedWith.id} has a window of its own, approved with it` };
    const { maintenanceWindow: written } = interrupts;
    const window = maintenanceWindowOf(written);
    const minutesIn = window ? Math.floor(secondsSinceOpened(window, now) / 60) : Infinity;
    if (window && minutesIn < window.length)
      return { verdict: "allowed", reason: `the maintenance window of ${target}, ${written} UTC, is open` };
    const next = window
      ? `its maintenance window, ${written} UTC, opens at ${minuteText(now, weekSeconds / 60 - minutesIn)}`
      : `"${written}" is not a maintenance window, so none is open`;
    return {
      verdict: "needs-approval",
      reason: `${operation.name} interrupts ${target}, and ${next}`,
      approvals: [{ by: "owning-team", people: 1 }],
    };
  },
});

const minuteText = (now: Date, minutesLater: number): string =>
  `${new Date(now.getTime() + minutesLater * 60_000).toISOString().slice(0, 16)}Z`;
