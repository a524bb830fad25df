import type { Difference, InstanceNow } from "../../../../automation/operations/drift-detection/differences";
import type { Comparison, DriftDetectionOutcome } from "../../../../automation/operations/drift-detection/verify";

/** An instance of which nothing but what a refresh reads is to be said. */
export const instanceNow = (change: Partial<InstanceNow> = {}): InstanceNow => ({
  status: "available",
  maintenanceWindow: "thu:02:00-thu:04:00",
  pending: {},
  parameters: [{ group: "shipshape-postgres17-standard", status: "in-sync" }],
  beyond: { masterSecret: null, port: 5432, optionGroups: [], replicas: [], roles: [], backupsCopiedTo: [] },
  ...change,
});

/** What a detection found; where nothing is given it found no difference. */
export const outcomeOf = (change: Partial<DriftDetectionOutcome> = {}): DriftDetectionOutcome => ({
  now: instanceNow(),
  comparison: null,
  access: null,
  beyondProvider: { differences: [], unread: [] },
  explanations: {},
  ...change,
});

/** Of an instance. */
export const urn = (name: string, stack = "database.orders", parent = "") =>
  `urn:pulumi:${stack}::shipshape::${parent}aws:rds/instance:Instance::${name}`;

/** The second zone, switched off. */
export const drift = (change: Partial<Difference> = {}): Difference => ({
  ...{ urn: urn("orders-instance"), type: "aws:rds/instance:Instance", property: "multiAz" },
  ...{ desired: "true", actual: "false", class: "drift", reason: "it was changed outside" },
  ...{ severity: "medium", breaks: [] },
  ...change,
});

/** All of a stack was read, and nothing differs. */
export const comparison: Comparison = {
  resources: 3,
  databaseWasRead: true,
  unread: [],
  failure: null,
  differences: [],
  differencesLeftOut: 0,
};
