import { PlannedSteps } from "../../../automation/runner/planned-steps";

const urn = "urn:pulumi:a::b::aws:rds/instance:Instance::orders";
const metadata = { urn, type: "aws:rds/instance:Instance", op: "update", old: { outputs: { a: 1 } } };
const planned = (known: string[], ...events: Parameters<PlannedSteps["take"]>[0][]) => {
  const steps = new PlannedSteps(new Set(known));
  for (const event of events) steps.take(event);
  return steps;
};

test("what an up leaves as it is is no step, and the engine's null is nothing", () => {
  const none = { diffs: null, detailedDiff: null };
  const { steps } = planned(
    [urn],
    { resOutputsEvent: { metadata: { ...metadata, op: "refresh", ...none } } },
    ...["same", "refresh", "read"].map((op) => ({ resourcePreEvent: { metadata: { ...metadata, op, ...none } } })),
    { resourcePreEvent: { metadata: { ...metadata, type: "pulumi:providers:aws", ...none } } },
    { resourcePreEvent: { metadata: { ...metadata, op: "create", ...none } } },
  );
  expect(steps).toEqual([expect.objectContaining({ op: "create", changes: [], drifted: null })]);
});

test("a change is drift where the refresh has found it, and a creation where the state has the resource", () => {
  const now = { ...metadata, new: { inputs: { a: 2, b: 3 } }, detailedDiff: { a: {}, b: {} } };
  const { steps } = planned(
    [],
    { resOutputsEvent: { metadata: { ...metadata, op: "refresh", detailedDiff: { a: {} } } } },
    { resourcePreEvent: { metadata: now } },
    { resourcePreEvent: { metadata: { ...metadata, urn: `${urn}-2`, op: "create" } } },
  );
  expect(steps.map(({ changes, drifted }) => ({ changes, drifted }))).toEqual([
    { changes: ["a", "b"], drifted: ["a"] },
    { changes: [], drifted: [] },
  ]);
});

test("a program that refuses an argument ends the preview, with what it said", () => {
  const steps = planned([], { diagnosticEvent: { severity: "error", message: "RDS would refuse this\n" } });
  expect(steps.hasFailed.aborted).toBe(true);
  expect(steps.failures).toEqual(["error: RDS would refuse this"]);
});
