// What a major upgrade by blue/green sets, says and refuses: its parameter group comes first, and nothing passes unread.
import type { DatabasePatchPlan, ObservedPatch } from "../../../../automation/operations/database-patch/plan";
import { patchStillHolds, planDatabasePatch } from "../../../../automation/operations/database-patch/plan";
import { targetDatabase } from "../../../../automation/fleet-records";
import { builtIn } from "../../../../components/standards/built-in";
import { well } from "../../patches/clear-server";

const file = "Pulumi.database.orders-production.yaml";
const configOf = (more = "") =>
  `config:\n  shipshape:request:\n    service: orders\n    postgresMajor: 16\n    engineVersion: "16.14"\n${more}`;
const database = targetDatabase({
  identifier: "orders-production",
  resourceId: "db-1",
  arn: "arn:aws:rds:eu-central-1:123456789012:db:orders-production",
});
const observed = (more: Partial<ObservedPatch["now"]> = {}, config = configOf()): ObservedPatch => ({
  now: {
    ...{ ...database, engineVersion: "16.14", status: "available", pendingVersion: null, pending: [], tags: {} },
    ...{ maintenanceWindow: "", autoMinorVersionUpgrade: false, rolloutOrder: null, replicaOf: null, replicas: [] },
    ...{ parameterGroup: "orders-production-postgres16", managesPassword: false, parametersWait: null },
    ...{ backupRetentionDays: 14, maintenance: [], ...more },
  },
  offered: {
    targets: {
      "16.14": [
        { version: "17.10", isMajor: true },
        { version: "19.1", isMajor: true },
      ],
    },
    support: {},
  },
  stack: {
    ...{ stack: "shipshape/database.orders-production", urn: "urn", ownership: "ours" },
    config: { file, text: config },
  },
  recovery: { recoverability: "fresh", reason: "a drill passed", drill: null },
  server: well,
});
const planned = (given: ObservedPatch, to = "17.10", method: "in-place" | "blue-green" = "blue-green") =>
  planDatabasePatch({ database: "orders-production", to, method }, given, "patch-1", builtIn);

test("the parameter group is declared first, and then the version, its major, and the major that is kept", () => {
  const { blueGreen, change, text } = planned(observed());
  expect(blueGreen).toMatchObject({
    parameterGroup: "orders-production-postgres17",
    upgrade: { prepare: { requestId: "patch-1-prepared", set: [{ path: ["otherMajor"], value: 17 }] } },
  });
  expect(change?.set).toEqual([
    { path: ["engineVersion"], value: "17.10" },
    { path: ["postgresMajor"], value: 17 },
    { path: ["otherMajor"], value: 16 },
  ]);
  const [approved = "", atSwitchover = ""] = (text ?? "").split("before the switchover:");
  expect(approved).toMatch(/no DDL on it[^]*\+ {4}otherMajor: 17/);
  expect(atSwitchover).toMatch(/- {4}otherMajor: 17\n[^]*\+ {4}postgresMajor: 17\n[^]*\+ {4}otherMajor: 16/);
  expect(text).not.toContain("know of");
});

const plantedOn = (topic: "keyless" | "unlogged"): ObservedPatch["server"] => ({
  ...well,
  databases: well.databases.map((one) => ({
    ...one,
    topics: { ...one.topics, [topic]: { count: 1, names: ["shop.t"] } },
  })),
});

const refused: [string, ObservedPatch, RegExp][] = [
  [
    "in the standard's parameter group",
    observed({ parameterGroup: "shipshape-postgres16-standard" }),
    /rds\.logical_replication/,
  ],
  [
    "with the group of an upgrade before",
    observed({}, configOf("    otherMajor: 15\n")),
    /otherMajor 15 .*retire-replaced-instance/,
  ],
  [
    "with the group of an upgrade that did not take place",
    observed({}, configOf("    otherMajor: 17\n")),
    /did not take place: take it out/,
  ],
  ["whose new group is there already", { ...observed(), hasNewGroup: true }, /postgres17 already: delete it/],
  ["with a replica", observed({ replicas: ["orders-replica-1"] }), /read replicas/],
  ["with a managed master password", observed({ managesPassword: true }), /Secrets Manager/],
  ["with a table that has no key", { ...observed(), server: plantedOn("keyless") }, /REPLICA IDENTITY FULL/],
  [
    "whose server cannot be asked",
    { ...observed(), server: { unread: "it refused" } },
    /could not be asked .*it refused/,
  ],
];
test.each(refused)("a database %s is refused, with what to do", (_, given, message) => {
  expect(() => planned(given)).toThrow(message);
});

test("a major that the standard lacks is refused, and so is one in place", () => {
  expect(() => planned(observed(), "19.1")).toThrow(/the standard .* has no major 19/);
  expect(() => planned(observed(), "17.10", "in-place")).toThrow(/--method blue-green/);
});

test("what only warns is in what people approve", () => {
  expect(planned({ ...observed(), server: plantedOn("unlogged") }).text).toMatch(
    /know of orders-production:\n- .*unlogged table/,
  );
});

test("an approval does not outlive what was approved: a key that goes, a config that changes, a server that falls silent", () => {
  const plan: DatabasePatchPlan = planned(observed());
  const holds = (given: ObservedPatch) => patchStillHolds(plan, given, builtIn);
  expect(holds(observed())).toBe(true);
  expect(holds({ ...observed(), server: plantedOn("keyless") })).toBe(false);
  expect(holds({ ...observed(), server: { unread: "it refused" } })).toBe(false);
  expect(holds(observed({}, configOf("    size: large\n")))).toBe(false);
  expect(holds(observed({ parameterGroup: "other" }))).toBe(false);
});
