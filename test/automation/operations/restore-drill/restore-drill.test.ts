import { builtIn } from "../../../../components/standards/built-in";
import { restoreDrill } from "../../../../automation/operations/restore-drill/restore-drill";
import { planRestoreDrill } from "../../../../automation/operations/restore-drill/plan";
import type { RestoreDrillSteps } from "../../../../automation/operations/restore-drill/steps";
import { verifyRestoreDrill } from "../../../../automation/operations/restore-drill/verify";
import type { RunStep, StepSettings, Work } from "../../../../automation/runner/operation";
import { good, plan, request, source } from "./drills";
import { restoreDrillOrder } from "./order-of-steps";

interface Taken extends StepSettings {
  name: string;
}

/** Runs each step immediately, and records its options. */
function stepsTaken(): { step: RunStep; taken: Taken[] } {
  const taken: Taken[] = [];
  const run = <T>(name: string, settings: StepSettings, work: Work<T>) => {
    taken.push({ name, ...settings });
    return work(new AbortController().signal, () => undefined);
  };
  const unused = () => Promise.reject(new Error("not used here"));
  const others = { sleep: () => Promise.resolve(), child: unused, childEnd: unused, waitFor: unused };
  const step: RunStep = Object.assign(run, { requestId: "run-1", keyed: () => step, ...others });
  return { step, taken };
}

const nothingVerified = { leftUnread: false, files: {} };
const asserted = { rows: 0, problem: null, seconds: 0.1 };

/** Effects that return what a passing drill needs, and record their calls. */
function effects(differing: Partial<Record<keyof RestoreDrillSteps, unknown>> = {}) {
  const called: [string, ...unknown[]][] = [];
  const answers: Record<keyof RestoreDrillSteps, unknown> = {
    observe: source,
    register: "2026-03-01T10:00:00.500Z",
    recordRemoval: undefined,
    writeMarker: good.markers.before,
    writeMarkerAfter: { after: good.markers.after, beforeAgain: good.markers.beforeAgain },
    removeMarkers: [],
    sourceState: { catalog: good.found.source.before, sequences: [] },
    waitUntilRestorable: { askedAt: good.restore.askedAt },
    restore: { succeeded: true, resourceId: "db-COPY" },
    requireIsolation: undefined,
    adopt: { endpoint: good.restore.endpoint },
    firstQuery: good.restore.firstQueryAt,
    createReader: undefined,
    readMarkers: good.found.markers,
    recoveryPoint: { recoveryPoint: good.found.recoveryPoint, witnesses: good.found.witnesses },
    compareCatalogs: good.found.catalog,
    compareSequences: good.found.sequences,
    verifiedBefore: nothingVerified,
    runAssertions: { verifiedAt: "2026-03-01T10:19:00.000Z", assertions: { "orders-are-whole": asserted } },
    verifyStructures: { ...good.found.structure, verifiedAt: "2026-03-01T10:18:00.000Z" },
    removeThrowaway: undefined,
    proveGone: [{ kind: "database", identifier: plan.throwaway.identifier, provenGoneBy: "none" }],
    ...differing,
  };
  const entries = Object.entries(answers).map(([name, answer]) => [
    name,
    (...given: unknown[]) => {
      called.push([name, ...given.filter((one) => !(one instanceof AbortSignal) && typeof one !== "function")]);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  ]);
  return { steps: Object.fromEntries(entries) as RestoreDrillSteps, called };
}

const namesOf = (taken: Taken[]) => taken.map(({ name }) => name);

test("a passing drill takes each step once, in this order, and its record has everything that its verdict needs", async () => {
  const { steps, called } = effects();
  const { step, taken } = stepsTaken();
  const outcome = await restoreDrill(steps, builtIn).run(plan, step);
  expect(outcome).toEqual({
    ...good,
    phases: [
      { name: "bracket the target", beganAt: "2026-03-01T10:00:00.500Z", endedAt: good.restore.askedAt },
      { name: "restore", beganAt: good.restore.askedAt, endedAt: good.restore.firstQueryAt },
      { name: "verify", beganAt: good.restore.firstQueryAt, endedAt: "2026-03-01T10:18:00.000Z" },
    ],
  });
  expect(verifyRestoreDrill(plan, outcome).verdict).toBe("pass");
  expect(namesOf(taken)).toEqual(restoreDrillOrder[1]!["a good backup"]!.run);
  const state = { catalog: good.found.source.before, sequences: [] };
  const around = { before: state, after: state };
  expect(called).toEqual([
    ["register", "run-1", plan],
    ["writeMarker", plan, "run-1"],
    ["sourceState", plan],
    ["writeMarkerAfter", plan, "run-1", good.recoveryTarget],
    ["sourceState", plan],
    ["waitUntilRestorable", plan, good.markers.after.committedAt],
    ["restore", plan, good.recoveryTarget],
    ["requireIsolation", plan, "db-COPY"],
    ["adopt", plan],
    ["firstQuery", plan, "db-COPY"],
    ["createReader", plan, "db-COPY"],
    ["readMarkers", plan, "db-COPY", "run-1"],
    ["recoveryPoint", plan, "db-COPY", { target: good.recoveryTarget, askedAt: good.restore.askedAt }, good.markers],
    ["compareCatalogs", plan, "db-COPY", around, good.found.recoveryPoint],
    ["compareSequences", plan, "db-COPY", around],
    ["verifiedBefore", plan],
    ["verifyStructures", plan, "db-COPY", nothingVerified],
  ]);
});

test("a drill of a past second writes no markers and waits until that second is restorable", async () => {
  const { steps, called } = effects();
  const { step, taken } = stepsTaken();
  const itsPlan = planRestoreDrill(
    { ...request, at: "2026-03-01T09:00:00Z" },
    source,
    "260301100000-aaaaaaaa",
    builtIn,
  );
  const outcome = await restoreDrill(steps, builtIn).run(itsPlan, step);
  const target = "2026-03-01T09:00:00.000Z";
  expect(outcome).toMatchObject({ recoveryTarget: target, markers: null, found: { markers: null, source: null } });
  expect(namesOf(taken).slice(0, 3)).toEqual([
    "register the throwaway",
    "wait until the target is restorable",
    "restore into isolation",
  ]);
  expect(called).toContainEqual(["waitUntilRestorable", itsPlan, target]);
  expect(called).toContainEqual(["restore", itsPlan, target]);
  expect(called).toContainEqual(["compareCatalogs", itsPlan, "db-COPY", null, good.found.recoveryPoint]);
  expect(called.map(([name]) => name)).not.toContain("readMarkers");
  expect(await restoreDrill(steps, builtIn).cleanUp?.(itsPlan, step)).not.toHaveProperty("left");
  expect(called.map(([name]) => name)).not.toContain("removeMarkers");
});

const snapshot = {
  identifier: "orders-2026-02",
  arn: "arn:aws:rds:eu-central-1:123456789012:snapshot:orders-2026-02",
  createdAt: "2026-02-28T23:00:00.000Z",
  engineVersion: "17.9",
  allocatedStorageGib: 2000,
};

test("a drill of a snapshot needs no automated backups, restores at once, and has no target", async () => {
  const losses = { compared: 8, lostCount: 0, lost: [] };
  const { steps, called } = effects({ compareCatalogs: { ...good.found.catalog, losses } });
  const { step, taken } = stepsTaken();
  const ofSnapshot = { ...source, snapshot, backupRetentionDays: 0, latestRestorableTime: null };
  const itsPlan = planRestoreDrill(
    { ...request, snapshot: snapshot.identifier },
    ofSnapshot,
    "260301100000-aaaaaaaa",
    builtIn,
  );
  expect(itsPlan.throwaway.createTimeoutMinutes).toBe(300);
  const outcome = await restoreDrill(steps, builtIn).run(itsPlan, step);
  expect(outcome).toMatchObject({ recoveryTarget: null, markers: null, notRestorable: null });
  expect(outcome.phases.map(({ name }) => name)).toEqual(["restore", "verify"]);
  expect(namesOf(taken).slice(0, 2)).toEqual(["register the throwaway", "restore into isolation"]);
  expect(called).toContainEqual(["restore", itsPlan, null]);
  expect(verifyRestoreDrill(itsPlan, outcome).verdict).toBe("pass");
});

test("the team's assertions run last, if it has any", async () => {
  const { steps } = effects();
  const { step, taken } = stepsTaken();
  const assertion = { name: "orders-are-whole", sql: "select", searchPath: [], sha256: "ab" };
  const itsPlan = { ...plan, source: { ...source, assertions: [assertion] } };
  const outcome = await restoreDrill(steps, builtIn).run(itsPlan, step);
  expect(namesOf(taken).at(-1)).toBe("run the team's assertions");
  expect(outcome).toMatchObject({ found: { assertions: { "orders-are-whole": asserted } } });
  expect(outcome.phases.at(-1)).toMatchObject({ name: "verify", endedAt: "2026-03-01T10:19:00.000Z" });
  expect(verifyRestoreDrill(itsPlan, outcome).checks.at(-1)).toMatchObject({
    name: "assertion-orders-are-whole",
    verdict: "pass",
  });
});

test("each step has a time limit and is retried; waits and reads get more time than their own limits", async () => {
  const { step, taken } = stepsTaken();
  const drill = restoreDrill(effects().steps, builtIn);
  await drill.observe(request, step);
  await drill.run(plan, step);
  await drill.cleanUp?.(plan, step);
  for (const { name, attemptsMax, timeoutSeconds } of taken) {
    expect([name, attemptsMax >= 2 && attemptsMax <= 10, timeoutSeconds >= 60 && timeoutSeconds <= 6 * 3600]).toEqual([
      name,
      true,
      true,
    ]);
  }
  const boundOf = (wanted: string) => taken.find(({ name }) => name === wanted)?.timeoutSeconds ?? 0;
  expect(boundOf("wait until both markers are restorable")).toBeGreaterThan(plan.restorableWaitSeconds);
  expect(boundOf("restore into isolation")).toBe(plan.throwaway.createTimeoutMinutes * 60);
  expect(boundOf("verify heaps and indexes")).toBeGreaterThan(plan.structure.secondsMax);
});

test.each([
  ["switched off", { backupRetentionDays: 0 }, "automated backups are switched off: nothing can be restored"],
  ["not complete", { latestRestorableTime: null }, "no automated backup is complete: nothing can be restored"],
])("if backups are %s, nothing is registered or created, and the verdict is fail", async (_, differing, reason) => {
  const { steps, called } = effects();
  const { step } = stepsTaken();
  const without = { ...plan, source: { ...source, ...differing } };
  const outcome = await restoreDrill(steps, builtIn).run(without, step);
  expect(called).toEqual([]);
  expect(outcome).toEqual({
    phases: [],
    notRestorable: { at: source.observedAt, reason },
    recoveryTarget: null,
    markers: null,
    restore: null,
    found: null,
  });
  expect(verifyRestoreDrill(without, outcome).verdict).toBe("fail");
});

test("markers that do not become restorable end the drill before anything is created, and the verdict is fail", async () => {
  const { steps, called } = effects({
    waitUntilRestorable: { at: "2026-03-01T10:30:00.000Z", reason: "there is no restorable time" },
  });
  const { step } = stepsTaken();
  const outcome = await restoreDrill(steps, builtIn).run(plan, step);
  expect(called.map(([name]) => name)).not.toContain("restore");
  expect(outcome).toMatchObject({
    notRestorable: { reason: "there is no restorable time" },
    markers: good.markers,
    recoveryTarget: good.recoveryTarget,
    restore: null,
    phases: [{ name: "bracket the target", beganAt: "2026-03-01T10:00:00.500Z", endedAt: "2026-03-01T10:30:00.000Z" }],
  });
  expect(verifyRestoreDrill(plan, outcome).verdict).toBe("fail");
});

test("a failed restore ends the drill, its record says when and why, and the verdict is fail", async () => {
  const { steps, called } = effects({
    restore: { succeeded: false, failedAt: "2026-03-01T10:09:00.000Z", reason: "incompatible-restore" },
  });
  const { step } = stepsTaken();
  const outcome = await restoreDrill(steps, builtIn).run(plan, step);
  expect(called.map(([name]) => name)).not.toContain("adopt");
  expect(outcome).toMatchObject({
    restore: {
      succeeded: false,
      askedAt: good.restore.askedAt,
      failedAt: "2026-03-01T10:09:00.000Z",
      reason: "incompatible-restore",
    },
    found: null,
    phases: [
      { name: "bracket the target", beganAt: "2026-03-01T10:00:00.500Z", endedAt: good.restore.askedAt },
      { name: "restore", beganAt: good.restore.askedAt, endedAt: "2026-03-01T10:09:00.000Z" },
    ],
  });
  expect(verifyRestoreDrill(plan, outcome).verdict).toBe("fail");
});

test("a copy that is not isolated is neither adopted nor read", async () => {
  const { steps, called } = effects({ requireIsolation: new Error("exposed") });
  await expect(restoreDrill(steps, builtIn).run(plan, stepsTaken().step)).rejects.toThrow("exposed");
  expect(called.at(-1)?.[0]).toBe("requireIsolation");
});

test("the source is observed by the requested identifier", async () => {
  const { steps, called } = effects();
  const { step, taken } = stepsTaken();
  expect(await restoreDrill(steps, builtIn).observe(request, step)).toBe(source);
  expect(called).toEqual([["observe", request]]);
  expect(namesOf(taken)).toEqual(["look at the source"]);
});

test("the copy of real data is removed first and recorded as removed once that is proven, even if markers cannot be removed", async () => {
  const left = [{ kind: "recovery markers", identifier: "orders-production", reason: "read-only" }];
  const { steps, called } = effects({ removeMarkers: left });
  const { step, taken } = stepsTaken();
  expect(await restoreDrill(steps, builtIn).cleanUp?.(plan, step)).toEqual({
    removed: [{ kind: "database", identifier: plan.throwaway.identifier, provenGoneBy: "none" }],
    left,
  });
  expect(called).toEqual([
    ["removeThrowaway", plan, "run-1"],
    ["proveGone", plan],
    ["recordRemoval", "run-1", plan],
    ["removeMarkers", plan, "run-1"],
  ]);
  expect(namesOf(taken)).toEqual([
    "remove the throwaway",
    "prove the throwaway gone",
    "record the removal",
    "remove the markers",
  ]);
});

test("a throwaway that is not proven gone is not recorded as removed", async () => {
  const { steps, called } = effects({ proveGone: new Error("still there") });
  await expect(restoreDrill(steps, builtIn).cleanUp?.(plan, stepsTaken().step)).rejects.toThrow("still there");
  expect(called.map(([name]) => name)).not.toContain("recordRemoval");
});

test("a drill creates only a throwaway, and names who is responsible for it", () => {
  expect(restoreDrill(effects().steps, builtIn)).toMatchObject({
    name: "restore-drill",
    owner: "platform",
    effect: "throwaway",
    verify: verifyRestoreDrill,
  });
});
