import { operations } from "../../../automation/operations/registry";
import type { ConfigCommit } from "../../../automation/runner/git-folder";
import type { Throwaway } from "../../../automation/runner/throwaways";
import { well } from "../patches/clear-server";
import { good, inventory } from "../operations/restore-drill/drills";
import type { MemoryCloud } from "./memory-cloud";
import { MemoryControlPlane, type Children, type End } from "./memory-control-plane";
import { MemoryEngine, type Disturbance, type Fault } from "./memory-engine";
import { contextOf, memoryCloud, subjects, type Subject } from "./subjects";

// The cloud of the trial under way, in place of what calls AWS, PostgreSQL and Pulumi. On real ones workers are killed
// in restore-drill.engine.test.ts, and each step is disturbed by `npm run harness`.
let mockCloud: MemoryCloud;
type Inner = Parameters<MemoryCloud["sessions"]["in"]>;
jest.mock("../../../automation/limits", () => ({
  ...jest.requireActual<object>("../../../automation/limits"),
  cloudPoll: { share: 0, millisecondsMin: 0, millisecondsMax: 0 },
}));
// A process that is killed leaves its turn; the one that is killed here goes on.
jest.mock("../../../automation/operations/limits", () => ({
  ...jest.requireActual<object>("../../../automation/operations/limits"),
  bringUpsAtOnceMax: Infinity,
}));
jest.mock("../../../automation/targets/aws-access", () => ({ awsClients: () => mockCloud.clients }));
jest.mock("../../../automation/targets/cloud-trail", () => ({
  trailClient: () => ({ destroy: () => undefined }),
  callsAbout: () => Promise.resolve({ calls: [], isAll: true, unread: null }),
}));
jest.mock("../../../automation/targets/database-alarms", () => ({
  alarmClient: () => ({ destroy: () => undefined }),
  alarmsAbout: () => Promise.resolve([]),
}));
jest.mock("../../../automation/runner/train-alarms", () => ({
  keptAlarms: (_: unknown, __: string, identities: string[]) =>
    Promise.resolve(new Map(identities.map((one) => [one, { states: {}, patchedFrom: null }]))),
  knownForGood: () => Promise.resolve(new Set()),
  keepAlarms: () => Promise.resolve(), // rows of the control plane
  forgetAlarms: () => Promise.resolve(0),
}));
jest.mock("../../../automation/targets/control-session", () => ({
  openControlSession: (login: Inner[0]) => mockCloud.sessions.open(login),
  inControlSession: (...given: Inner) => mockCloud.sessions.in(...given),
}));
jest.mock("../../../automation/targets/masked-copy/copy-session", () => ({
  inCopySession: (login: Inner[0], options: Inner[1], _: string, work: Inner[2]) =>
    mockCloud.sessions.in(login, options, work),
}));
jest.mock("../../../automation/targets/recovery-markers", () => ({
  writeMarker: (...given: Parameters<MemoryCloud["markers"]["write"]>) => mockCloud.markers.write(...given),
  readMarkers: (...given: Parameters<MemoryCloud["markers"]["read"]>) => mockCloud.markers.read(...given),
  deleteMarkers: (...given: Parameters<MemoryCloud["markers"]["delete"]>) => mockCloud.markers.delete(...given),
}));
jest.mock("../../../automation/targets/recovery-point", () => ({
  readRecoveryPoint: (_: unknown, target: string) =>
    Promise.resolve({ ...good.found.recoveryPoint, lastCommitAt: new Date(Date.parse(target) - 1000).toISOString() }),
  commitsAround: () => mockCloud.markers.around(),
  commitTimes: (...given: Parameters<MemoryCloud["markers"]["times"]>) => mockCloud.markers.times(...given),
}));
jest.mock("../../../automation/targets/copy-reader", () => ({
  readerOf: (master: Inner[0]) => master,
  createReader: (client: Parameters<MemoryCloud["createReader"]>[0]) => mockCloud.createReader(client),
}));
jest.mock("../../../automation/targets/catalog-inventory", () => ({
  takeInventory: () => Promise.resolve(inventory()),
}));
jest.mock("../../../automation/targets/catalog-comparison", () => ({
  catalogLosses: () => Promise.resolve({ compared: 8, lostCount: 0, lost: [] }),
  missingRoles: () => Promise.resolve([]),
}));
jest.mock("../../../automation/targets/sequences", () => ({
  readSequences: () => Promise.resolve([]),
  readFilledColumns: () => Promise.resolve({ lastOf: {}, unread: {} }),
  compareSequences: () => good.found.sequences,
}));
jest.mock("../../../automation/targets/structure-verification", () => ({
  verifyStructures: async ({ prepare }: { prepare: () => ReturnType<MemoryCloud["sessions"]["open"]> }) => {
    await mockCloud.createAmcheck(await prepare());
    return good.found.structure;
  },
}));
jest.mock("../../../automation/targets/page-checksums", () => ({
  readPageChecksums: () => Promise.resolve({ enabled: true, failures: 0 }),
}));
jest.mock("../../../automation/targets/running-server", () => ({
  readRunningServer: (...given: Parameters<MemoryCloud["runningServer"]>) => mockCloud.runningServer(...given),
  readRowsChanged: () => Promise.resolve(700),
}));
jest.mock("../../../automation/targets/watched-upgrade", () => ({
  upgradeWatched: async () => {
    const what = "the copy is patched";
    if (!mockCloud.changes.includes(what)) await mockCloud.change(what, () => undefined);
    return { downtimeSeconds: 1.2 };
  },
}));
jest.mock("../../../automation/runner/patch-runs", () => ({
  readPatchRun: () => Promise.resolve(mockCloud.trains.patchRun(mockCloud.instances.get(mockCloud.source)!.described)),
}));
jest.mock("../../../automation/runner/trains", () => {
  type Tables = Record<string, (...given: unknown[]) => unknown>;
  const names = "takeTurn openTrain beginRing bakeRing concludeRing readRing readTrain childrenOf".split(" ");
  const call =
    (name: string) =>
    (...given: unknown[]) =>
      (mockCloud.trains.tables as unknown as Tables)[name]!(...given);
  return Object.fromEntries(names.map((name) => [name, call(name)]));
});
jest.mock("../../../automation/targets/role-logins", () => ({
  tryLogin: ({ user }: Inner[0]) => mockCloud.stack.logins.try(user),
  clockOf: () => Promise.resolve(new Date(0).toISOString()),
  clientsOf: (_: unknown, users: string[]) => mockCloud.stack.logins.clients(users),
  endSessions: (_: unknown, users: string[]) => mockCloud.stack.logins.end(users),
  loginsFound: (_: unknown, users: string[]) => mockCloud.stack.logins.found(users),
}));
jest.mock("../../../automation/runner/git-folder", () => ({
  gitIn: () => undefined,
  committedText: (_: unknown, __: string, ___: string, revision?: string) => mockCloud.stack.git.text(revision),
  commitOf: (_: unknown, { requestId }: { requestId: string }) => mockCloud.stack.git.commitOf(requestId),
  commitConfig: (_: unknown, commit: ConfigCommit) => mockCloud.stack.git.commit(commit),
}));
jest.mock("../../../automation/runner/expected-changes", () => ({
  expectChanges: () => Promise.resolve(new Date(0)), // rows of the control plane
}));
jest.mock("../../../automation/runner/throwaways", () => ({
  registerThrowaway: (_: unknown, __: string, { identifier }: Throwaway) => mockCloud.records.register(identifier),
  markRemoved: (_: unknown, __: string, identifier: string) => mockCloud.records.remove(identifier),
  throwawayOf: () => Promise.resolve(() => undefined),
}));
jest.mock("../../../automation/runner/replaced-instances", () => ({
  replacedByTag: "shipshape:replaced-by",
  recordReplaced: () => Promise.resolve(), // rows of the control plane
  replacedOf: () => Promise.resolve(mockCloud.blueGreen.replacedBy),
  markRetired: () => Promise.resolve(),
  standingIn: (_: unknown, identity: string) => Promise.resolve(identity),
}));
jest.mock("../../../automation/targets/replay-lag", () => ({
  readReplayLag: () => Promise.resolve(0),
  readFollowersLag: () => Promise.resolve(0),
}));
jest.mock("../../../automation/targets/upgrade-prechecks", () => ({ upgradeFactsOf: () => Promise.resolve(well) }));
jest.mock("../../../automation/targets/planner-statistics", () => ({
  databasesOf: () => Promise.resolve([{ name: "orders", mayConnect: true }]),
  analyze: () => Promise.resolve({ tables: 3, without: 0 }),
}));
jest.mock("../../../automation/runner/pulumi-stack", () => ({
  createAhead: (...given: Parameters<MemoryCloud["pulumi"]["createAhead"]>) => mockCloud.pulumi.createAhead(...given),
  bringUp: (...given: Parameters<MemoryCloud["pulumi"]["bringUp"]>) => mockCloud.pulumi.bringUp(...given),
  previewUp: (_: unknown, p: Parameters<MemoryCloud["pulumi"]["previewUp"]>[0]) => mockCloud.pulumi.previewUp(p),
  adoptReplacement: () => mockCloud.blueGreen.adopt(),
  removeStack: (...given: Parameters<MemoryCloud["pulumi"]["removeStack"]>) => mockCloud.pulumi.removeStack(...given),
  previewRefresh: (...given: Parameters<MemoryCloud["pulumi"]["previewRefresh"]>) =>
    mockCloud.pulumi.previewRefresh(...given),
}));
jest.mock("../../../automation/runner/backend-stacks", () => ({
  askBackend: () => mockCloud.pulumi.askBackend(),
  askStack: () => mockCloud.pulumi.askBackend(),
  recentlyAsked: () => () => mockCloud.pulumi.askBackend(),
  withStack: (all: unknown) => all,
  readResources: () => Promise.resolve([mockCloud.pulumi.declared()]),
}));
jest.mock("../../../automation/runner/stack-state", () => ({
  PROJECT: "shipshape",
  readStack: () => Promise.resolve({ outputs: { isolationSecurityGroupId: "sg-isolation" } }),
  stackExists: (_: unknown, name: string) => Promise.resolve(mockCloud.stacks.has(name)),
}));
jest.mock("../../../automation/operations/environment-refresh/profile", () => ({
  readProfile: () => Promise.resolve(mockCloud.copies.profile),
}));
jest.mock("../../../automation/targets/schema-facts", () => ({
  readSchemaFacts: () => Promise.resolve(mockCloud.copies.facts),
}));
jest.mock("../../../automation/targets/masking-key", () => ({
  readMaskingKey: () => Promise.resolve(Buffer.alloc(32)),
}));
jest.mock("../../../automation/targets/masked-copy/copied-tables", () => ({
  readCopiedTables: () => Promise.resolve([]),
}));
jest.mock("../../../automation/targets/masked-copy/source-words", () => ({
  readSourceWords: () => Promise.resolve([]),
}));
jest.mock("../../../automation/targets/masked-copy/copy-database", () => ({
  copyDatabase: async () => {
    await mockCloud.copies.database.fill();
    const tables = { "public.item": { rows: 3, bytes: 30, unchanged: { name: 0 } } };
    return { tables, roles: ["owner"], sequences: 0, rowSecurity: [], found: [] };
  },
}));
jest.mock("../../../automation/targets/masked-copy/row-samples", () => ({ showHiddenRows: () => Promise.resolve() }));
jest.mock("../../../automation/targets/masked-copy/copy-settings", () => ({
  writeComments: () => Promise.resolve(),
  followColumns: () => Promise.resolve(),
  disarmCopy: () => mockCloud.copies.database.disarm(),
}));
jest.mock("../../../automation/targets/masked-copy/copy-validation", () => ({
  validateCopy: () => Promise.resolve(mockCloud.copies.validation()),
}));
jest.mock("../../../automation/targets/masked-copy/leak-search", () => ({
  searchForLeaks: () => Promise.resolve(mockCloud.copies.report()),
}));
jest.mock("../../../automation/targets/masked-copy/copy-state", () => ({
  readCopyState: () => Promise.resolve(mockCloud.copies.state),
  differencesFrom: () => Promise.resolve(mockCloud.copies.differences()),
  contentBeside: () => Promise.resolve([]),
}));
jest.mock("../../../automation/targets/masked-copy/schema-load", () => ({ loadAtOnce: () => Promise.resolve() }));
jest.mock("../../../automation/targets/masked-copy/database-content", () => ({
  readContent: () => Promise.resolve({ tables: 1, bytes: 30, instanceBytes: 60, obstacles: [] }),
}));
jest.mock("../../../automation/targets/masked-copy/empty-structure", () => ({
  readEmptyStructure: () => Promise.resolve({ statements: [], roles: [] }),
  makeStructure: () => mockCloud.copies.database.fill(),
}));
jest.mock("../../../automation/targets/masked-copy/target-database", () => ({
  copyMark: (id: string) => id,
  makeHiddenDatabase: () => mockCloud.copies.database.make(),
  emptyMark: (id: string) => `emptied ${id}`,
  databasesLike: () => Promise.resolve([]),
  swapDatabases: (_: unknown, __: unknown, mark: string) => mockCloud.copies.database.swap(mark),
  isHandedOver: (_: unknown, __: unknown, mark: string) =>
    Promise.resolve(mockCloud.copies.database.isHandedOver(mark)),
  markHandedOver: (_: unknown, __: unknown, mark: string) => mockCloud.copies.database.markHandedOver(mark),
  markLeaking: () => mockCloud.copies.database.markLeaking(),
  isLeaking: () => Promise.resolve(mockCloud.copies.database.isLeaking()),
  dropHiddenDatabase: () => mockCloud.copies.database.drop(),
  leaveRoles: () => Promise.resolve(),
}));
jest.mock("../../../stacks/refreshed-database", () => ({ refreshedDatabase: (args: unknown) => args }));
jest.mock("../../../stacks/restored-database", () => ({})); // only the engine runs a program

interface Trial {
  end: End;
  /** What is left in the cloud, and in the records of throwaways. */
  left: string[];
  /** What changed in the cloud; a repeated change is there twice. */
  changes: string[];
  /** The steps that were taken, and how often each did its work. */
  taken: [string, number][];
  /** Which steps of the operation changed the cloud. */
  effects: string[];
  hasFaulted: boolean;
  /** After a stuck clean-up. */
  again: () => Promise<Pick<Trial, "end" | "left">>;
}

type Case = [subject: Subject, name: string];

/** On a cloud of its own. */
const runChild: Children["run"] = async (name, input) => {
  if (name === "database-patch") return patchedChild();
  const { operation } = subjects.find((subject) => subject.operation.name === name)!;
  const opened = await operation.open(contextOf(memoryCloud()));
  const none: Children = { requested: unused, run: unused };
  return new MemoryControlPlane(opened, operation.request.parse(input), new MemoryEngine(), () => false, none).run();
};
/** Its steps are disturbed in trials of its own. */
async function patchedChild(): Promise<End> {
  const { described } = mockCloud.instances.get(mockCloud.source)!;
  if (!mockCloud.staysBehind) described.EngineVersion = "17.10";
  const ended = { status: "succeeded" as const, verdict: "pass" as const, error: undefined };
  return { ...ended, cleanUp: "none", statements: [], findings: [] };
}
const unused = () => Promise.reject(new Error("not used here"));

async function trial([subject, name]: Case, fault?: Fault, killAtChange = 0): Promise<Trial> {
  const cloud = (mockCloud = memoryCloud());
  subject.cases[name]!.arrange?.(cloud);
  const engine = new MemoryEngine(fault);
  const effects = new Set<string>();
  cloud.changed = (count) => {
    effects.add(engine.current);
    if (count === killAtChange) return engine.kill();
  };
  const operation = await subject.operation.open(contextOf(cloud));
  const plane = new MemoryControlPlane(
    operation,
    { ...(subject.input as object), ...subject.cases[name]!.asked },
    engine,
    () => [...cloud.throwaways.values()].includes("registered"),
    { requested: (id) => cloud.change(`${id} is requested`, () => undefined), run: runChild },
  );
  const end = await plane.run();
  const left = () => cloud.left();
  return {
    end,
    left: left(),
    changes: cloud.changes.map((change) => change.replaceAll(/\d{12}-[0-9a-f]{8,12}/g, "<id>")),
    taken: [...engine.taken],
    effects: [...effects],
    hasFaulted: engine.hasFaulted,
    again: async () => ({ end: await plane.cleanUpAgain(), left: left() }),
  };
}

const recordKeepingSteps = [
  "record running",
  "decide",
  "record begin",
  "seal verdict",
  "record end",
  "seal teardown",
  "record clean-up",
];
const nameOf = (step: string) => step.slice(step.indexOf(": ") + 2);
const isRecordKeeping = (step: string) => recordKeepingSteps.includes(nameOf(step));
const faultAt = (taken: string, disturbance: Disturbance): Fault => {
  const [workflow = ""] = taken.split(": ", 1);
  return { workflow, step: nameOf(taken), disturbance };
};

test("the harness has each operation of the registry", () => {
  const names = subjects.map(({ operation }) => `${operation.name} ${operation.version}`);
  expect(names).toEqual(expect.arrayContaining(operations.map(({ name, version }) => `${name} ${version}`)));
});

const cases = subjects.flatMap((subject) =>
  Object.keys(subject.cases).map((name): [string, Case] => [`${subject.operation.name}, ${name}`, [subject, name]]),
);

/** The effects of each operation that no case had yet. */
const seen = new Map(subjects.map(({ operation, effects }) => [operation, new Set(effects)]));
afterAll(() => {
  // Not where some cases were left out.
  if (casesSeen === cases.length) expect([...seen.values()].flatMap((effects) => [...effects])).toEqual([]);
});
let casesSeen = 0;

describe.each(cases)("%s", (_, one) => {
  const [{ operation, order, effects, cases: all }, name] = one;
  let calm: Trial;
  let cleansUp: boolean;
  beforeAll(async () => {
    calm = await trial(one);
    cleansUp = calm.end.cleanUp !== "none";
  });

  /** Disturbs each step in turn; returns what came of it, step by step. */
  async function each<T>(
    disturbance: Disturbance,
    found: (trial: Trial, step: string) => T | Promise<T>,
    of: (step: string) => boolean = () => true,
  ): Promise<Record<string, T>> {
    const results: Record<string, T> = {};
    for (const [step] of calm.taken.filter(([taken]) => of(taken))) {
      const disturbedTrial = await trial(one, faultAt(step, disturbance));
      expect([step, disturbedTrial.hasFaulted]).toEqual([step, true]);
      results[step] = await found(disturbedTrial, step);
    }
    return results;
  }
  const expected = <T>(of: (step: string) => T, which: (step: string) => boolean = () => true): Record<string, T> =>
    Object.fromEntries(calm.taken.filter(([step]) => which(step)).map(([step]) => [step, of(step)]));
  const where = (step: string) => calm.taken.findIndex(([taken]) => taken === step);
  const isAfter = (step: string, other: string) => where(step) > where(other);
  const isBegun = (step: string) => isAfter(step, "carry-out: record begin");
  const isCleanUp = (step: string) => step.startsWith("clean-up: ");

  test("its steps are those of its version, in that order", () => {
    const own = calm.taken.map(([step]) => step).filter((step) => !isRecordKeeping(step));
    const named = (which: (step: string) => boolean) => own.filter(which).map(nameOf);
    const steps = {
      observe: named((step) => !isBegun(step)),
      run: named((step) => isBegun(step) && !isCleanUp(step)),
      cleanUp: named(isCleanUp),
    };
    const advice =
      "Runs in flight would be continued with other steps than they have recorded. Raise `version` of the operation, keep " +
      "the version before in the registry until its last run has ended, and add the new order under the new version.";
    expect({ advice, steps }).toEqual({ advice, steps: order[operation.version]?.[name] });
    // Their records have these names, whichever workflow they belong to.
    expect([...new Set(own.map(nameOf))]).toEqual(own.map(nameOf));
  });

  test("undisturbed, it ends with its verdict, seals each statement once, and leaves nothing", () => {
    const { verdict } = all[name]!;
    expect(calm.end).toEqual({
      status: "succeeded",
      verdict,
      error: undefined,
      cleanUp: cleansUp ? "done" : "none",
      statements: [`verdict succeeded ${verdict}`, ...(cleansUp ? ["teardown"] : [])],
      findings: verdict === "pass" ? [] : ["verdict"],
    });
    casesSeen++;
    expect(calm.left).toEqual([]);
    expect(calm.taken.filter(([, times]) => times !== 1)).toEqual([]);
    expect(calm.effects).toEqual(effects.filter((e) => calm.effects.includes(e)));
    for (const effect of calm.effects) seen.get(operation)?.delete(effect);
  });

  /** Everything but time is as if nothing had happened. */
  const asCalm = ({ end, left, changes, taken }: Trial) => ({ end, left, changes, taken });
  const repeated = (step: string) => ({
    ...asCalm(calm),
    taken: calm.taken.map(([taken, times]) => [taken, taken === step ? 2 : times]),
  });

  test.each(["kill before", "kill after"] as const)("%s each step: it ends as undisturbed", async (disturbance) => {
    expect(await each(disturbance, asCalm)).toEqual(expected(() => asCalm(calm)));
  });

  test.each(["kill in", "repeat", "time out"] as const)(
    "%s each step: that step alone does its work twice, changes nothing more, and it ends as undisturbed",
    async (disturbance) => {
      const times = (trialled: Trial, step: string) =>
        disturbance === "time out" ? { ...asCalm(trialled), taken: repeated(step).taken } : asCalm(trialled);
      expect(await each(disturbance, times)).toEqual(expected(repeated));
    },
  );

  test("killed at each change of the cloud, in the middle of a step, it ends as undisturbed", async () => {
    for (const [at, change] of calm.changes.entries()) {
      const { end, left, changes } = await trial(one, undefined, at + 1);
      expect({ change, end, left, changes }).toEqual({ change, end: calm.end, left: [], changes: calm.changes });
    }
  });

  test.each(["fail before", "fail in"] as const)(
    "%s each step of its own: a failed run is sealed, shown and cleaned up; a failed clean-up is stuck, until it succeeds",
    async (disturbance) => {
      const own = (step: string) => !isRecordKeeping(step);
      const failed = (step: string): Pick<Trial, "end" | "left">[] => {
        const error = `made to fail: ${nameOf(step)}`;
        const verdict = { status: "failed" as const, verdict: "inconclusive" as const };
        const over = { statements: ["verdict failed inconclusive"], findings: ["verdict"] };
        if (!isBegun(step)) return [{ end: { ...verdict, error, cleanUp: "none", ...over }, left: [] }];
        const cleaned = cleansUp ? { cleanUp: "done" as const, statements: [...over.statements, "teardown"] } : {};
        if (!isCleanUp(step)) return [{ end: { ...verdict, error, cleanUp: "none", ...over, ...cleaned }, left: [] }];
        const findings = [...calm.end.findings, "clean-up"];
        const [sealed = ""] = calm.end.statements;
        const stuck: End = { ...calm.end, error, cleanUp: "stuck", statements: [sealed], findings };
        return [
          { end: stuck, left: expect.any(Array) as string[] },
          { end: calm.end, left: [] },
        ];
      };
      const found = async ({ end, left, again }: Trial) => [
        { end, left },
        ...(end.cleanUp === "stuck" ? [await again()] : []),
      ];
      expect(await each(disturbance, found, own)).toEqual(expected(failed, own));
    },
  );

  test.each(["fail before", "fail in"] as const)(
    "%s each step that keeps records: each statement that is owed is sealed once, and nothing is left",
    async (disturbance) => {
      const found = async ({ end, left, again }: Trial) => {
        const last = end.cleanUp === "stuck" ? await again() : { end, left };
        const { status, cleanUp, statements } = last.end;
        return { status, cleanUp, kinds: statements.map((said) => said.split(" ")[0]).sort(), left: last.left };
      };
      // What was recorded before the step failed, counts.
      const counts = (step: string) =>
        isCleanUp(step) || (disturbance === "fail in" && /: (decide|record end)$/.test(step));
      const wanted = (step: string) => {
        const begun =
          isBegun(step) || counts(step) || (disturbance === "fail in" && step === "carry-out: record begin");
        const cleans = cleansUp && begun;
        return {
          status: counts(step) ? "succeeded" : "failed",
          cleanUp: cleans ? "done" : "none",
          kinds: [...(cleans ? ["teardown"] : []), "verdict"],
          left: [],
        };
      };
      expect(await each(disturbance, found, isRecordKeeping)).toEqual(expected(wanted, isRecordKeeping));
    },
  );

  test.each([
    ["cancel", "before", /was cancelled by ben/],
    ["cancel", "in", /was cancelled by ben/],
    ["expire", "before", /expired/],
    ["expire", "in", /expired/],
  ] as const)(
    "%s %s each step: no further step is taken, what the run has is sealed once and cleaned up",
    async (what, moment, message) => {
      const [registration, begin, seal, end] = [
        "register the throwaway",
        "record begin",
        "seal verdict",
        "record end",
      ].map((name) => `carry-out: ${name}`) as [string, string, string, string];
      const isPast = (step: string, other: string) => isAfter(step, other) || (moment === "in" && step === other);
      const isTooLate = (step: string) => isCleanUp(step) || (moment === "in" && step === end);
      const isTooEarly = (step: string) =>
        what === "expire" && (where(registration) < 0 || !isPast(step, registration));
      const wanted = (step: string) => {
        if (isTooLate(step) || isTooEarly(step)) return asCalm(calm);
        const cleans = cleansUp && isPast(step, begin);
        const said = isPast(step, seal) ? calm.end.statements[0]! : "verdict cancelled inconclusive";
        return {
          status: "cancelled",
          verdict: undefined,
          error: expect.stringMatching(message) as string,
          cleanUp: cleans ? "done" : "none",
          statements: [...(cleans ? ["teardown"] : []), said],
          findings: what === "expire" ? ["verdict"] : [],
          left: [],
          taken: calm.taken.map(([taken]) => taken).slice(0, where(step) + (moment === "in" ? 1 : 0)),
        };
      };
      const found = (trialled: Trial, step: string) => {
        if (isTooLate(step) || isTooEarly(step)) return asCalm(trialled);
        const taken = trialled.taken.map(([one]) => one).filter((one) => !isCleanUp(one));
        return { ...trialled.end, statements: trialled.end.statements.sort(), left: trialled.left, taken };
      };
      expect(await each(`${what} ${moment}`, found)).toEqual(expected(wanted));
    },
  );
});
