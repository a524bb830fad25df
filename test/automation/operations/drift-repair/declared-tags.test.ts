import { planDriftRepair, repairStillHolds } from "../../../../automation/operations/drift-repair/plan";
import { driftRepairRequest } from "../../../../automation/operations/drift-repair/request";
import type { PlannedStep } from "../../../../automation/runner/planned-steps";
import { builtIn } from "../../../../components/standards/built-in";
import { difference, id, observed, plan, retention, step, tags, urnOf, type Given } from "./observed";

describe("those who can tag a database in AWS do not choose who approves, or how strictly it is judged", () => {
  const wrong = { owner: "team-mallory", tier: "bronze", environment: "development" };
  const tagged = (given: Given, found: Record<string, string>, asked?: object) => {
    const drift = observed(given);
    drift.detection.plan.tags = found;
    const request = driftRepairRequest.parse({ database: "orders", ...asked });
    return planDriftRepair(request, drift, id, builtIn);
  };
  const drifted = Object.entries(tags).map(([key, value]) =>
    difference({
      ...{ property: `tags.${key}`, desired: value, actual: wrong[key as keyof typeof wrong] },
      values: { desired: value, actual: wrong[key as keyof typeof wrong] },
    }),
  );

  test("what the state declares of each tag counts", () => {
    const { tags: held, heldTo: by } = tagged({ differences: drifted }, wrong);
    expect(held).toEqual(tags);
    expect(by).toMatchObject({ tier: "gold", environment: "production", owner: "team-orders" });
  });

  test("where a refresh has put them into the state, what the program declares counts", () => {
    const back = step({ old: { tags: wrong }, new: { tags }, changes: ["tags.owner"], drifted: [] });
    expect(tagged({ up: [retention, back] }, wrong).tags).toEqual(tags);
  });

  test("a part is refused where the program declares other tags that it would leave unapplied", () => {
    const part = { targets: [urnOf("s", "orders-alarm")], whole: [retention] };
    const alarm = step({ urn: part.targets[0]!, type: "s", old: { threshold: 1 }, new: { threshold: 2 } });
    const only = (whole: PlannedStep[]) => () =>
      tagged({ up: [alarm], part: { ...part, whole } }, tags, { differences: "orders-alarm.threshold" });
    expect(only([alarm])().tags).toEqual(tags);
    const committed = step({ old: { tags }, new: { tags: wrong }, changes: ["tags.owner"], drifted: [] });
    expect(only([alarm, committed])).toThrow(/tags\.owner team-orders → team-mallory/);
  });

  test("a tag that was removed counts, and one that was added does not", () => {
    const { owner: _, ...rest } = tags;
    const added = { property: "tags.note", desired: "nothing", actual: "x", values: { desired: null, actual: "x" } };
    const gone = { property: "tags.owner", desired: "team-orders", actual: "nothing" };
    const differences = [difference(added), difference({ ...gone, values: { desired: "team-orders", actual: null } })];
    expect(tagged({ differences }, { ...rest, note: "x" }).tags).toEqual(tags);
  });

  test("one that was tagged otherwise since is planned again", () => {
    const planned = plan();
    const drift = observed({ differences: drifted });
    drift.detection.plan.tags = wrong;
    expect(repairStillHolds(planned, drift, builtIn)).toBe(false);
  });

  test("a part is planned again where the program declares other tags since", () => {
    const alarm = step({ urn: urnOf("s", "orders-alarm"), type: "s", old: { threshold: 1 }, new: { threshold: 2 } });
    const part = (whole: PlannedStep[]) => ({ up: [alarm], part: { targets: [alarm.urn], whole } });
    const planned = plan(part([alarm]), { differences: "orders-alarm.threshold" });
    const committed = step({ old: { tags }, new: { tags: wrong }, changes: ["tags.owner"], drifted: [] });
    expect(repairStillHolds(planned, observed(part([alarm])), builtIn)).toBe(true);
    expect(repairStillHolds(planned, observed(part([alarm, committed])), builtIn)).toBe(false);
  });
});
