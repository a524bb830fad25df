// What a repair may find, with little in it: tests say what differs.
import type { Ownership } from "../../../../automation/fleet-records";
import type { Difference } from "../../../../automation/operations/drift-detection/differences";
import { planDriftRepair, type ObservedDrift } from "../../../../automation/operations/drift-repair/plan";
import { driftRepairRequest } from "../../../../automation/operations/drift-repair/request";
import type { PlannedStep } from "../../../../automation/runner/planned-steps";
import { heldTo } from "../../../../automation/tier-of";
import { builtIn } from "../../../../components/standards/built-in";
import { instanceNow, outcomeOf } from "../drift-detection/outcomes";
import { databaseNamed } from "../toy-change";

export const id = "261127050000-0a1b2c3d";
export const instanceType = "aws:rds/instance:Instance";
export const tags = { owner: "team-orders", tier: "gold", environment: "production" };
export const stack = "shipshape/database.orders";
export const urnOf = (type: string, name: string) => `urn:pulumi:database.orders::shipshape::${type}::${name}`;
export const instance = urnOf(instanceType, "orders-instance");

const compared = { resources: 3, databaseWasRead: true, unread: [], failure: null, differencesLeftOut: 0 };
export const step = (more: Partial<PlannedStep> & { old?: object; new?: object }): PlannedStep => {
  const changes = Object.keys(more.new ?? {});
  return { urn: instance, type: instanceType, op: "update", old: {}, new: {}, changes, drifted: changes, ...more };
};
export const retention = step({ old: { backupRetentionPeriod: 1 }, new: { backupRetentionPeriod: 35 } });
export const resized = step({ old: { instanceClass: "db.m7g.large" }, new: { instanceClass: "db.t4g.medium" } });

export const difference = (more: Partial<Difference>): Difference => ({
  ...{ urn: instance, type: instanceType, property: "backupRetentionPeriod", desired: "35", actual: "1" },
  ...{ class: "drift", reason: "it was changed outside", severity: "high", breaks: [] },
  ...(more.property === undefined && { values: { desired: 35, actual: 1 } }),
  ...more,
});

export interface Given {
  up?: PlannedStep[] | null;
  differences?: Difference[];
  ownership?: Ownership;
  config?: string;
  part?: ObservedDrift["part"];
}

export function observed({
  up = [retention],
  differences = [],
  ownership = "ours",
  config = "{}",
  part,
}: Given): ObservedDrift {
  const database = databaseNamed("orders");
  return {
    detection: {
      plan: {
        target: "orders",
        database,
        tags,
        heldTo: heldTo(tags, builtIn),
        evidenceValidDays: 1,
        stack: { name: stack },
        beyond: {
          instance: {
            ...{ urn: instance, createdAt: null, managesPassword: null, masterSecretKey: null },
            ...{ port: null, optionGroup: null },
          },
          parameterGroup: null,
          replicas: [],
          roles: [],
          snapshots: [],
          backupsCopied: false,
          unread: [],
        },
      },
      outcome: outcomeOf({
        now: instanceNow({ maintenanceWindow: "sun:23:30-mon:00:30", pending: { multiAz: false } }),
        comparison: { ...compared, differences },
      }),
    },
    stack: {
      stack,
      urn: "urn:orders",
      ownership,
      config: { file: "Pulumi.database.orders.yaml", text: `config:\n  shipshape:request: ${config}\n` },
    },
    up,
    ...(part && { part }),
  };
}
export const plan = (given: Given = {}, asked: object = {}) =>
  planDriftRepair(driftRepairRequest.parse({ database: "orders", ...asked }), observed(given), id, builtIn);
export const refusal = (given: Given, asked?: object): string => {
  try {
    plan(given, asked);
    return "planned";
  } catch (error) {
    return `${(error as { code: string }).code}: ${(error as Error).message}`;
  }
};
