import { createHash, randomBytes, randomUUID } from "node:crypto";

export type Properties = Record<string, unknown>;

/** Where and when a resource is created: ids and ARNs are built from this. */
export interface CreationContext {
  region: string;
  accountId: string;
  now: Date;
}

export interface RecordedResource {
  type: string;
  /** The resource's name in the program; for people reading the records, never an identity. */
  name: string;
  region: string;
  id: string;
  arn: string;
  properties: Properties;
  createdAt: string;
  /** Names of properties that the cloud has filled in; an update that omits them keeps them. */
  computed: string[];
  /**
   * Set on resources that AWS deletes only after a waiting period (KMS keys): until then the record stays, and is not
   * found by its id.
   */
  deletionAt?: string;
}

/** Another resource that this one names; AWS looks it up when this one is created. */
export interface Reference {
  /** Pulumi token of the named resource. */
  type: string;
  /** The property that names it, for the message. */
  property: string;
  /** Its id or ARN, as in the property. */
  idOrArn: string;
  /** What deleting the named one does while this one exists: AWS refuses, deletes this one too, or ignores it. */
  whenDeleted: "refused" | "deleted-too" | "ignored";
}

export interface Identity {
  id: string;
  /** Empty where AWS assigns none, such as for policies attached to a resource that has one. */
  arn: string;
  /** What AWS fills in; a property that the program set takes precedence. */
  computed?: Properties;
}

/** One row of the table: everything the cloud knows about one type beyond storing it as given. */
export interface RecordedType {
  token: string;
  /** In a message: "a KMS key". */
  noun: string;
  /** The properties that the id consists of; they are required. */
  required?: readonly string[];
  identify(properties: Properties, context: CreationContext): Identity;
  /** Names of computed properties that are recomputed when the others are updated. */
  recomputed?: readonly string[];
  /** IAM is global. */
  isGlobal?: true;
  references?(properties: Properties): Reference[];
  /**
   * What a second create of the same id does. AWS refuses most; policies and alarms are replaced silently; creating an
   * identical topic again succeeds.
   * @default "refused"
   */
  whenExists?: "refused" | "replaced" | "accepted-if-equal";
  /** Two with an equal value of this cannot coexist, although their ids differ (a security group's name in its VPC). */
  mustBeUnique?(properties: Properties): string | undefined;
  /** A reason in the resource itself to refuse its deletion. */
  whyUndeletable?(properties: Properties): string | undefined;
  /** Days between the request to delete and the deletion. */
  deletionDelayDays?(properties: Properties): number;
}

export function text(properties: Properties, property: string): string {
  const value = properties[property];
  return typeof value === "string" ? value : "";
}

export function reference(
  type: string,
  property: string,
  properties: Properties,
  whenDeleted: Reference["whenDeleted"],
): Reference[] {
  const idOrArn = text(properties, property);
  return idOrArn === "" ? [] : [{ type, property, idOrArn, whenDeleted }];
}

/** `vpc-0a1b…`: the 17 hexadecimal digits of EC2's ids. */
export const ec2Id = (prefix: string): string => `${prefix}-0${randomBytes(8).toString("hex")}`;

/** `AROA…`: IAM's unique ids, 21 characters. */
export function iamUniqueId(prefix: string): string {
  const digits = createHash("sha256")
    .update(randomUUID())
    .digest("hex")
    .toUpperCase()
    .replace(/[0189]/g, "7");
  return prefix + digits.slice(0, 17);
}
