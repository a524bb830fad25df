/** What the harness runs: each operation of the registry, and the one of the tests, in each of its cases. */
import { builtIn } from "../../../components/standards/built-in";
import type { Database } from "../../../automation/database";
import { operations, type RegisteredOperation } from "../../../automation/operations/registry";
import type { RecoveryEvidence, VerdictWord } from "../../../automation/records";
import { backupAuditOrder } from "../operations/backup-audit/order-of-steps";
import { databasePatchEffects, databasePatchOrder } from "../operations/database-patch/order-of-steps";
import { driftDetectionOrder, driftSweepOrder } from "../operations/drift-detection/order-of-steps";
import { driftRepairEffects, driftRepairOrder } from "../operations/drift-repair/order-of-steps";
import { environmentRefreshEffects, environmentRefreshOrder } from "../operations/environment-refresh/order-of-steps";
import { maskingPreviewEffects, maskingPreviewOrder } from "../operations/masking-preview/order-of-steps";
import { passwordRotationEffects, passwordRotationOrder } from "../operations/password-rotation/order-of-steps";
import { patchRehearsalEffects, patchRehearsalOrder } from "../operations/patch-rehearsal/order-of-steps";
import { patchUndoEffects, patchUndoOrder } from "../operations/patch-undo/order-of-steps";
import { refreshExtensionOrder } from "../operations/refresh-extension/order-of-steps";
import { refreshRemovalOrder } from "../operations/refresh-removal/order-of-steps";
import { restoreDrillEffects, restoreDrillOrder } from "../operations/restore-drill/order-of-steps";
import { retireEffects, retireOrder } from "../operations/retire-replaced-instance/order-of-steps";
import { ringedPatchOrder } from "../operations/ringed-patch/order-of-steps";
import { toyCoordination, toyCoordinationOrder } from "../operations/toy-coordination";
import { toyOperation, toyOrder } from "../operations/toy-operation";
import { MemoryCloud } from "./memory-cloud";
import type { OrderOfSteps } from "./order-of-steps";

export interface Subject {
  operation: RegisteredOperation;
  input: unknown;
  order: OrderOfSteps;
  /** Whether `npm run harness` runs it on real databases, too. */
  isReal: boolean;
  /** The steps that change something outside the control plane. */
  effects: readonly string[];
  /** How its cases differ from a cloud with one good database, what else they ask for, and the verdict on each. */
  cases: Record<string, { verdict: VerdictWord; asked?: object; arrange?: (cloud: MemoryCloud) => void }>;
}

const source = "orders";
const wholeSecond = (time: number) => new Date(time - (time % 1000)).toISOString().replace(".000Z", "Z");
const dayAhead = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const registered = (name: string): RegisteredOperation => operations.find((o) => o.name === name)!;

const changedOutside = (cloud: MemoryCloud) => (cloud.instances.get(source)!.described.BackupRetentionPeriod = 1);
const runsOld = (cloud: MemoryCloud) => void (cloud.instances.get(source)!.described.EngineVersion = "17.9");
const runsOldMajor = ({ blueGreen }: MemoryCloud) => blueGreen.arrangeMajor();
const fromEarlier = { environment: "development", fromCopy: "orders-staging" };

export const subjects: Subject[] = [
  {
    operation: registered("backup-audit"),
    input: { database: source },
    order: backupAuditOrder,
    isReal: true,
    effects: [],
    cases: { "good backups": { verdict: "pass" } },
  },
  {
    operation: registered("database-patch"),
    input: { database: source, to: "17.10" },
    order: databasePatchOrder,
    isReal: false, // ringed-patch.engine.test.ts kills it: it needs a stack of our own, and an approval
    effects: databasePatchEffects,
    cases: {
      "a stack of our own": { verdict: "pass", arrange: runsOld },
      "by blue/green": { verdict: "pass", asked: { method: "blue-green" }, arrange: runsOld },
      "to another major": { verdict: "pass", asked: { method: "blue-green" }, arrange: runsOldMajor },
      "it runs already": { verdict: "pass" },
      "another team's stack": {
        verdict: "inconclusive",
        arrange: (cloud) => {
          runsOld(cloud);
          cloud.stack.ownership = "delivered";
        },
      },
    },
  },
  {
    operation: registered("drift-detection"),
    input: { database: source },
    order: driftDetectionOrder,
    isReal: true,
    effects: [],
    cases: {
      "as declared": { verdict: "pass" },
      "changed outside": { verdict: "fail", arrange: changedOutside },
    },
  },
  {
    operation: registered("drift-detection"),
    input: { fleet: true },
    order: driftSweepOrder,
    isReal: false, // sweep.engine.test.ts kills it
    effects: [`request drift-detection (${source}, 123456789012 eu-central-1 db-1)`],
    cases: { "a fleet": { verdict: "pass" } },
  },
  {
    operation: registered("drift-repair"),
    input: { database: source },
    order: driftRepairOrder,
    isReal: false, // drift-repair.engine.test.ts kills it: it needs a stack of our own, and an approval
    effects: driftRepairEffects,
    cases: {
      "a stack of our own": { verdict: "pass", arrange: changedOutside },
      "a part of it": {
        verdict: "pass",
        asked: { differences: `${source}.backupRetentionPeriod` },
        arrange: changedOutside,
      },
      "a change that waits for the window": {
        verdict: "inconclusive",
        arrange: (cloud) => {
          cloud.instances.get(source)!.described.BackupRetentionPeriod = 1;
          cloud.waits = true;
        },
      },
      "another team's stack": {
        verdict: "inconclusive",
        arrange: (cloud) => {
          cloud.instances.get(source)!.described.BackupRetentionPeriod = 1;
          cloud.stack.ownership = "delivered";
        },
      },
    },
  },
  {
    operation: registered("environment-refresh"),
    input: { database: source, environment: "staging", retentionDays: 14 },
    order: environmentRefreshOrder,
    isReal: true,
    effects: environmentRefreshEffects,
    cases: {
      "a fresh target": { verdict: "pass" },
      "a target that has an older copy": { verdict: "pass", arrange: ({ copies }) => copies.arrangeOlder() },
      "a database of a team": {
        verdict: "pass",
        asked: { target: "orders-staging" },
        arrange: ({ copies }) => copies.arrangeTeam(),
      },
      "a leak in a database of a team": {
        verdict: "fail",
        asked: { target: "orders-staging" },
        arrange: ({ copies }) => {
          copies.arrangeTeam();
          copies.arrangeLeak();
        },
      },
      "a copy that lacks rows": {
        verdict: "fail",
        arrange: ({ copies }) => (copies.differingCounts = [{ table: "public.item", source: 4, copy: 3 }]),
      },
      "a leak": {
        verdict: "fail",
        arrange: ({ copies }) => copies.arrangeLeak(),
      },
      "a leak in a target that has an older copy": {
        verdict: "fail",
        arrange: ({ copies }) => {
          copies.arrangeOlder();
          copies.arrangeLeak();
        },
      },
      "a backup that cannot be restored": {
        verdict: "fail",
        arrange: (cloud) => (cloud.restoreEnds = "incompatible-restore"),
      },
      "a copy of an earlier copy": {
        verdict: "pass",
        asked: fromEarlier,
        arrange: ({ copies }) => copies.arrangeEarlier(),
      },
      "an earlier copy that people have written to": {
        verdict: "fail",
        asked: fromEarlier,
        arrange: ({ copies }) => copies.arrangeEarlier(1),
      },
    },
  },
  {
    operation: registered("masking-preview"),
    input: { database: source },
    order: maskingPreviewOrder,
    isReal: false, // environment-refresh.engine.test.ts looks at one: it needs a declared source, and an approval
    effects: maskingPreviewEffects,
    cases: {
      "rows that can be looked at": { verdict: "pass" },
      "a backup that cannot be restored": {
        verdict: "fail",
        arrange: (cloud) => (cloud.restoreEnds = "incompatible-restore"),
      },
    },
  },
  {
    operation: registered("password-rotation"),
    input: { database: source, graceMinutes: 60 },
    order: passwordRotationOrder,
    isReal: false, // password-rotation.engine.test.ts kills it: it needs a stack of our own, and an approval
    effects: passwordRotationEffects,
    cases: {
      "a stack of our own": { verdict: "pass" },
      "a password that is known to others": { verdict: "pass", asked: { graceMinutes: 0 } },
      "a rotation that was left in its grace": { verdict: "pass", arrange: ({ stack }) => stack.leaveInGrace() },
      "a login that does not work": { verdict: "fail", arrange: ({ stack }) => (stack.broken = true) },
      "another team's stack": {
        verdict: "inconclusive",
        arrange: ({ stack }) => (stack.ownership = "delivered"),
      },
      "another team's stack that was left in its grace": {
        verdict: "inconclusive",
        arrange: ({ stack }) => {
          stack.leaveInGrace();
          stack.ownership = "delivered";
        },
      },
    },
  },
  {
    operation: registered("patch-rehearsal"),
    input: { database: source, to: "17.10" },
    order: patchRehearsalOrder,
    isReal: false, // it needs a stack of our own; what it has in common with restore-drill is tried there
    effects: patchRehearsalEffects,
    cases: {
      "a copy that is patched": { verdict: "pass", arrange: runsOld },
      "a backup that cannot be restored": {
        verdict: "fail",
        arrange: (cloud) => {
          runsOld(cloud);
          cloud.restoreEnds = "incompatible-restore";
        },
      },
    },
  },
  {
    operation: registered("patch-undo"),
    input: { database: source, patch: "261127050000-1a2b3c4d" },
    order: patchUndoOrder,
    isReal: false, // patch-undo.engine.test.ts runs it: it needs a stack of our own, and an approval
    effects: patchUndoEffects,
    cases: {
      "it never came to run": {
        verdict: "pass",
        arrange: (cloud) => {
          runsOld(cloud);
          cloud.stack.declareVersion("17.10");
        },
      },
      "it runs": { verdict: "inconclusive" },
      "another team's stack": {
        verdict: "inconclusive",
        arrange: (cloud) => {
          runsOld(cloud);
          cloud.stack.ownership = "delivered";
        },
      },
    },
  },
  {
    operation: registered("refresh-extension"),
    input: { database: "orders-staging", until: dayAhead(10) },
    order: refreshExtensionOrder,
    isReal: false, // environment-refresh.engine.test.ts kills it: it needs a copy, and an approval
    effects: ["bring the copy up with its new end"],
    cases: {
      "a copy that is needed longer": { verdict: "pass", arrange: ({ copies }) => copies.arrangeOlder(dayAhead(1)) },
    },
  },
  {
    operation: registered("refresh-removal"),
    input: { database: "orders-staging" },
    order: refreshRemovalOrder,
    isReal: false, // environment-refresh.engine.test.ts kills it: it needs a copy
    effects: ["swap in an empty database", "commit the change", "bring the stack up", "remove the copy"],
    cases: {
      "a copy that has expired": { verdict: "pass", arrange: ({ copies }) => copies.arrangeOlder() },
      "a copy in a database of a team": {
        verdict: "pass",
        arrange: ({ copies, stack }) => {
          copies.arrangeTeam(true);
          stack.declareCopy();
        },
      },
    },
  },
  {
    operation: registered("restore-drill"),
    input: { database: source },
    order: restoreDrillOrder,
    isReal: true,
    effects: restoreDrillEffects,
    cases: {
      "a good backup": { verdict: "pass" },
      "a backup that cannot be restored": {
        verdict: "fail",
        arrange: (cloud) => (cloud.restoreEnds = "incompatible-restore"),
      },
      "no backups": {
        verdict: "fail",
        arrange: (cloud) => (cloud.instances.get(source)!.described.BackupRetentionPeriod = 0),
      },
      "a past second": { verdict: "pass", asked: { at: wholeSecond(Date.now() - 3_600_000) } },
      "a snapshot": { verdict: "pass", asked: { snapshot: "orders-1" } },
    },
  },
  {
    operation: registered("retire-replaced-instance"),
    input: { database: "orders-old1" },
    order: retireOrder,
    isReal: false, // database-patch/blue-green.engine.test.ts runs it: it needs a switchover, and an approval
    effects: retireEffects,
    cases: {
      "an instance that was replaced": { verdict: "pass", arrange: ({ blueGreen }) => blueGreen.arrangeReplaced() },
    },
  },
  {
    operation: registered("ringed-patch"),
    input: { to: "17.10", fleet: true, bakeMinutes: 60 },
    order: ringedPatchOrder,
    isReal: false, // ringed-patch.engine.test.ts kills it
    effects: [`request database-patch (${source}, 123456789012 eu-central-1 db-1, 2)`],
    cases: {
      "a canary": { verdict: "pass", arrange: runsOld },
      "a canary that is not well": {
        verdict: "inconclusive",
        arrange: (cloud) => {
          runsOld(cloud);
          cloud.staysBehind = true;
        },
      },
    },
  },
  {
    operation: toyOperation,
    input: { database: source, labelText: "paid", copies: 1, shout: false },
    order: toyOrder,
    isReal: false, // toy.cloud.test.ts kills it
    effects: ["write the label"],
    cases: { "a label": { verdict: "pass" } },
  },
  {
    operation: toyCoordination,
    input: { databases: `${source},ledger`, labelText: "paid", waitSeconds: 600 },
    order: toyCoordinationOrder,
    isReal: false, // children.cloud.test.ts kills it
    effects: ["request label (orders)", "request label (ledger)"],
    cases: { "two databases": { verdict: "pass" } },
  },
];

export const memoryCloud = () => new MemoryCloud(source);

/** What the code of an operation gets: modules that are replaced find the cloud here. */
export function contextOf(cloud: MemoryCloud) {
  const proven: RecoveryEvidence = {
    recoverability: "fresh",
    reason: "a drill passed",
    drill: {
      requestId: "earlier",
      verdict: "pass",
      recoveryTarget: new Date().toISOString(),
      expiresOn: new Date(Date.now() + 86_400_000).toISOString(),
    },
  };
  return {
    standard: builtIn,
    database: labels(cloud),
    access: {},
    stacks: { workspacesFolder: "/nowhere", environment: {} },
    homesOfStacks: () => Promise.resolve(() => cloud.stack.home()),
    gitEnvironment: {},
    platformStack: "platform.test",
    assertionsFolder: "/nowhere",
    maskingFolder: "/nowhere",
    packageFolder: "/nowhere",
    waiversFolder: "/nowhere",
    recoveryOf: () => Promise.resolve(proven),
    tellPeople: () => Promise.resolve(),
    signedCopy: () => Promise.resolve(cloud.copies.signed()),
    sealedRuns: (requestIds: readonly string[]) =>
      Promise.resolve(
        requestIds.map((requestId) => ({
          ...{ requestId, status: "succeeded" as const, verdict: "pass" as const },
          ...{ evidence: "0".repeat(64), reason: null },
        })),
      ),
    signedRehearsals: () => Promise.resolve([]),
    verifiedSince: () => Promise.resolve({ leftUnread: false, files: {} }),
  };
}

/** The table of the toy operation. */
function labels(cloud: MemoryCloud): Database {
  const texts = new Map<string, string>();
  const query = async (sql: string, [target = "", text = ""]: string[] = []): Promise<unknown[]> => {
    if (sql.startsWith("insert into label") && texts.get(target) !== text)
      await cloud.change(`${target} is labelled ${text}`, () => texts.set(target, text));
    return sql.startsWith("select") && texts.has(target) ? [{ text: texts.get(target) }] : [];
  };
  const locked = { query: () => Promise.resolve([{ taken: true }]) } as unknown as Database;
  return { query, transaction: (work: (inside: Database) => unknown) => work(locked) } as unknown as Database;
}
