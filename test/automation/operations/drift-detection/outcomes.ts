import type { InstanceNow } from "../../../../automation/operations/drift-detection/differences";
import type { DriftDetectionOutcome } from "../../../../automation/operations/drift-detection/verify";

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
