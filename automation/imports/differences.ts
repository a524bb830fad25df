/** Each property in which an existing database differs from the standard, with the standard's value and how it heals. */
import type { Found } from "../../components/found-properties";
import { decidedProperties } from "../../components/decided-properties";
import { tooOld } from "../../components/imported-database";
import type { Heals } from "../../components/healing";
import type { StandardShape } from "../../components/standard-shape";
import { engineLifecycleSupport } from "../../components/standards/fixed";
import { part, majorsOf, type Standard } from "../../components/standards/standard";
import type { ExistingInstance } from "../targets/existing-database";

export interface Difference {
  property: string;
  found: unknown;
  standard: unknown;
  heals: Heals;
  /** What to know before it heals. */
  note?: string;
}

type Name = keyof Found;

export function differences(
  existing: ExistingInstance,
  found: Found,
  shape: StandardShape,
  standard: Standard,
): Difference[] {
  const own = standardValues(shape, standard);
  const notes = notesOf(existing, found, shape, standard);
  return shape.deviations.map(({ property, heals }) => {
    const note = notes[property as Name];
    return {
      property,
      found: found[property as Name] ?? null,
      standard: own[property as Name] ?? null,
      heals,
      ...(note ? { note } : {}),
    };
  });
}

function standardValues(shape: StandardShape, standard: Standard): Partial<Record<Name, unknown>> {
  const key = "the platform's key";
  const approved = majorsOf(standard).map((major) => `${major}.${part(standard.postgres.majors, major).minimumMinor}`);
  return {
    ...decidedProperties(shape),
    dbName: shape.databaseName,
    dbSubnetGroupName: "the platform's subnet group",
    engineVersion: `${approved.join(", ")} or newer`,
    iops: "what is included",
    kmsKeyId: key,
    manageMasterUserPassword: true,
    masterUserSecretKmsKeyId: key,
    monitoringRoleArn: "the platform's role",
    parameterGroupName: `the platform's group for ${shape.parameterGroupFamily}`,
    performanceInsightsKmsKeyId: key,
    storageThroughput: "what is included",
    tags: "the standard's tags",
    username: standard.birth.masterUsername,
    vpcSecurityGroupIds: "a group of its own",
  };
}

function notesOf(
  { instance, parameters }: ExistingInstance,
  found: Found,
  shape: StandardShape,
  standard: Standard,
): Partial<Record<Name, string>> {
  const restored = "Copy a snapshot with the platform's key and create a database from the copy (restoreFrom).";
  return {
    allocatedStorage:
      (found.allocatedStorage ?? 0) > shape.allocatedStorageGib
        ? "Storage never shrinks: choose a size, or storageOfSize, that has as much."
        : undefined,
    backupRetentionPeriod:
      found.backupRetentionPeriod === 0 ? "The first backup interrupts a database without a second zone." : undefined,
    dbSubnetGroupName: `It is in ${instance.DBSubnetGroup?.VpcId ?? "its own VPC"}, and RDS moves no database within a VPC.`,
    engineLifecycleSupport: `The provider does not send it: \`aws rds modify-db-instance --db-instance-identifier ${shape.identifier} --engine-lifecycle-support ${engineLifecycleSupport}\`, then omit it here.`,
    engineVersion: tooOld(instance.EngineVersion ?? "", standard),
    kmsKeyId: restored,
    manageMasterUserPassword: instance.MasterUserSecret
      ? undefined
      : "RDS then changes the password: nothing may log in with it any more.",
    masterUserSecretKmsKeyId: instance.MasterUserSecret?.KmsKeyId
      ? `RDS keeps it under ${instance.MasterUserSecret.KmsKeyId}: if that is not the platform's, give it in asFound.`
      : undefined,
    parameterGroupName: changedParameters(parameters, standard),
    publiclyAccessible: "Clients outside the network are then cut off.",
    storageEncrypted: restored,
    storageType:
      found.storageType === "standard"
        ? "It takes hours, and RDS accepts no other change of storage meanwhile."
        : undefined,
    username: "RDS never changes it, and a restored database keeps it.",
    vpcSecurityGroupIds: "Clients need their place in reachableFrom before.",
  } as Partial<Record<Name, string>>;
}

/** What another parameter group changes. */
function changedParameters(set: Record<string, string> | undefined, standard: Standard): string {
  if (set === undefined) return "The RDS API did not list its parameters.";
  const { parameters } = standard.postgres;
  const changed = parameters.filter(({ name, value }) => set[name] !== value).map(({ name }) => name);
  const lost = Object.keys(set).filter((name) => !parameters.some((one) => one.name === name));
  const said = (names: string[]) => (names.length > 0 ? names.join(", ") : "none");
  return `The standard sets ${said(changed)}. It does not have ${said(lost)}${lost.length > 0 ? " (`parameters` may set some)" : ""}.`;
}
