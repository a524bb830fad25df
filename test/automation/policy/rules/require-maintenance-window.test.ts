import { requireMaintenanceWindow } from "../../../../automation/policy/rules/require-maintenance-window";
import { facts, plan } from "../facts";

const judged = (maintenanceWindow: string, now: string) =>
  requireMaintenanceWindow.judge(
    facts("changes", { plan: { ...plan, interrupts: { maintenanceWindow } }, now: new Date(now) }),
  );

// 2026-05-31 is a Sunday.
test.each<[string, string, string]>([
  ["thu:02:00-thu:04:00", "2026-06-04T02:00:00Z", "2026-06-04T03:59:59.999Z"],
  ["sun:23:30-mon:00:30", "2026-05-31T23:30:00Z", "2026-06-01T00:29:59Z"],
  ["mon:00:00-mon:00:30", "2026-06-01T00:00:00Z", "2026-06-01T00:29:00Z"],
  ["sat:23:00-sun:23:00", "2026-05-30T23:00:00Z", "2026-05-31T22:59:59Z"],
  ["THU:02:00-THU:04:00", "2026-06-04T02:00:00Z", "2026-06-04T03:00:00Z"],
])("an interruption may begin in the window %s, from its first minute to its last", (window, first, last) => {
  for (const moment of [first, last])
    expect(judged(window, moment)).toEqual({
      verdict: "allowed",
      reason: `the maintenance window of orders, ${window} UTC, is open`,
    });
});

test.each<[string, string, string]>([
  ["thu:02:00-thu:04:00", "2026-06-04T01:59:59Z", "2026-06-04T02:00Z"],
  ["thu:02:00-thu:04:00", "2026-06-04T04:00:00Z", "2026-06-11T02:00Z"],
  ["sun:23:30-mon:00:30", "2026-05-31T23:29:59Z", "2026-05-31T23:30Z"],
  ["sun:23:30-mon:00:30", "2026-06-01T00:30:00Z", "2026-06-07T23:30Z"],
  ["mon:00:00-mon:00:30", "2026-05-31T23:59:00Z", "2026-06-01T00:00Z"],
])("outside of %s, at %s, the owning team decides, and is told that it opens at %s", (window, now, opens) => {
  expect(judged(window, now)).toEqual({
    verdict: "needs-approval",
    reason: `reindex interrupts orders, and its maintenance window, ${window} UTC, opens at ${opens}`,
    approvals: [{ by: "owning-team", people: 1 }],
  });
});

test.each(["", "any", "thu:02:00-thu:02:00", "thu:02:00-thu:02:10", "thu:25:00-thu:26:00", "02:00-04:00"])(
  "what is not a maintenance window (%j) is never open",
  (window) => {
    expect(judged(window, "2026-06-04T02:05:00Z")).toEqual({
      verdict: "needs-approval",
      reason: `reindex interrupts orders, and "${window}" is not a maintenance window, so none is open`,
      approvals: [{ by: "owning-team", people: 1 }],
    });
  },
);

test("the window of a train counts instead; in a train that has none, that of the database does", () => {
  const interrupted = { ...plan, interrupts: { maintenanceWindow: "thu:02:00-thu:04:00" } };
  const inTrain = (hasWindow: boolean, now: string) =>
    requireMaintenanceWindow.judge(
      facts("changes", { plan: interrupted, approvedWith: { id: "train-1", hasWindow }, now: new Date(now) }),
    ).verdict;
  const [outside, inside] = ["2026-06-04T05:00:00Z", "2026-06-04T03:00:00Z"];
  expect(inTrain(true, outside)).toBe("allowed");
  expect(inTrain(false, outside)).toBe("needs-approval");
  expect(inTrain(false, inside)).toBe("allowed");
});

test("what interrupts no database may run at any time", () => {
  expect(requireMaintenanceWindow.judge(facts("changes"))).toEqual({
    verdict: "allowed",
    reason: "reindex does not interrupt orders",
  });
});
