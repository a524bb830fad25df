import { autoname } from "../generated-names";
import {
  computed,
  createOnly,
  document,
  flag,
  object,
  objectSet,
  output,
  region,
  required,
  tagged,
  text,
  texts,
  textMap,
  textSet,
  whole,
  withDefault,
} from "../property-kinds";
import { recorded } from "./recorded-type";

export const vault = recorded({
  noun: "Backup Vault",
  autoname: autoname(50),
  properties: {
    ...tagged,
    arn: output(text),
    forceDestroy: flag,
    kmsKeyArn: createOnly(computed(text)),
    name: createOnly(computed(text)),
    recoveryPoints: output(whole),
    region,
  },
});

export const vaultPolicy = recorded({
  noun: "Backup Vault Policy",
  properties: {
    backupVaultArn: output(text),
    backupVaultName: createOnly(required(text)),
    policy: required(document),
    region,
  },
});

/** A lock cannot be changed, only removed and set again, as long as it can be removed. */
export const vaultLockConfiguration = recorded({
  noun: "Backup Vault Lock Configuration",
  properties: {
    backupVaultArn: output(text),
    backupVaultName: createOnly(required(text)),
    changeableForDays: createOnly(whole),
    maxRetentionDays: createOnly(whole),
    minRetentionDays: createOnly(whole),
    region,
  },
});

const lifecycle = object({
  coldStorageAfter: whole,
  deleteAfter: whole,
  optInToArchiveForSupportedResources: computed(flag),
});

const rule = {
  completionWindow: withDefault(whole, 180),
  copyActions: objectSet({ destinationVaultArn: required(text), lifecycle }),
  enableContinuousBackup: flag,
  lifecycle,
  recoveryPointTags: textMap,
  ruleName: required(text),
  scanActions: objectSet({ malwareScanner: required(text), scanMode: required(text) }),
  schedule: text,
  scheduleExpressionTimezone: withDefault(text, "Etc/UTC"),
  startWindow: withDefault(whole, 60),
  targetLogicallyAirGappedBackupVaultArn: text,
  targetVaultName: required(text),
};

export const plan = recorded({
  noun: "Backup Plan",
  autoname: autoname(50),
  properties: {
    ...tagged,
    advancedBackupSettings: objectSet({ backupOptions: required(textMap), resourceType: required(text) }),
    arn: output(text),
    name: createOnly(computed(text)),
    region,
    rules: required(objectSet(rule)),
    scanSettings: objectSet({
      malwareScanner: required(text),
      resourceTypes: required(texts),
      scannerRoleArn: required(text),
    }),
    version: output(text),
  },
});

const conditions = objectSet({ key: required(text), value: required(text) });

export const selection = recorded({
  noun: "Backup Selection",
  autoname: autoname(50),
  properties: {
    conditions: createOnly(
      computed(
        objectSet({
          stringEquals: conditions,
          stringLikes: conditions,
          stringNotEquals: conditions,
          stringNotLikes: conditions,
        }),
      ),
    ),
    iamRoleArn: createOnly(required(text)),
    name: createOnly(computed(text)),
    notResources: createOnly(computed(textSet)),
    planId: createOnly(required(text)),
    region,
    resources: createOnly(textSet),
    selectionTags: createOnly(objectSet({ key: required(text), type: required(text), value: required(text) })),
  },
  /** Upstream imports by `<plan id>|<selection id>`. */
  importId: (id) => id.split("|").pop() ?? id,
});
