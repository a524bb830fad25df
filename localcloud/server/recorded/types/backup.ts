import { randomUUID } from "node:crypto";
import { type CreationContext, type Properties, type RecordedType, reference, text } from "../recorded-type";
import { ROLE } from "./identity-and-access";
import { KEY } from "./key-management";

const VAULT = "aws:backup/vault:Vault";
const PLAN = "aws:backup/plan:Plan";

const vaultArn = (name: string, context: CreationContext): string =>
  `arn:aws:backup:${context.region}:${context.accountId}:backup-vault:${name}`;

const vault: RecordedType = {
  token: VAULT,
  noun: "backup vault",
  required: ["name"],
  identify(properties, context) {
    const name = text(properties, "name");
    const arn = vaultArn(name, context);
    return {
      id: name,
      arn,
      computed: {
        arn,
        recoveryPoints: 0,
        kmsKeyArn: `arn:aws:kms:${context.region}:${context.accountId}:key/aws-backup`,
      },
    };
  },
  references: (properties) => reference(KEY, "kmsKeyArn", properties, "ignored"),
  whyUndeletable(properties) {
    const points = Number(properties["recoveryPoints"] ?? 0);
    return points > 0 ? `it contains ${points} recovery point${points === 1 ? "" : "s"}` : undefined;
  },
};

/** A vault has one policy and one lock, both identified by the vault's name. */
function ofVault(token: string, noun: string): RecordedType {
  return {
    token,
    noun,
    required: ["backupVaultName"],
    whenExists: "replaced",
    identify(properties, context) {
      const name = text(properties, "backupVaultName");
      return { id: name, arn: "", computed: { backupVaultArn: vaultArn(name, context) } };
    },
    references: (properties) => reference(VAULT, "backupVaultName", properties, "deleted-too"),
  };
}

const plan: RecordedType = {
  token: PLAN,
  noun: "backup plan",
  required: ["name"],
  recomputed: ["version"],
  identify(_properties, context) {
    const id = randomUUID();
    const arn = `arn:aws:backup:${context.region}:${context.accountId}:backup-plan:${id}`;
    return { id, arn, computed: { arn, version: randomUUID() } };
  },
  references: (properties) =>
    rulesOf(properties).flatMap((rule) => reference(VAULT, "targetVaultName", rule, "ignored")),
};

const rulesOf = (properties: Properties): Properties[] =>
  Array.isArray(properties["rules"]) ? (properties["rules"] as Properties[]) : [];

const selection: RecordedType = {
  token: "aws:backup/selection:Selection",
  noun: "backup selection",
  required: ["name", "planId", "iamRoleArn"],
  identify: () => ({ id: randomUUID(), arn: "" }),
  references: (properties) => [
    ...reference(PLAN, "planId", properties, "refused"),
    ...reference(ROLE, "iamRoleArn", properties, "ignored"),
  ],
};

export const backupTypes: RecordedType[] = [
  vault,
  ofVault("aws:backup/vaultPolicy:VaultPolicy", "backup vault policy"),
  ofVault("aws:backup/vaultLockConfiguration:VaultLockConfiguration", "backup vault lock"),
  plan,
  selection,
];
