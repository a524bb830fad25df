import { createHash, randomBytes, randomUUID } from "node:crypto";

export type Properties = Record<string, unknown>;

/** Where and when a resource is made: what ids and ARNs are built from. */
export interface Place {
  region: string;
  accountId: string;
  now: Date;
}

export interface RecordedResource {
  type: string;
  /** The name the program calls it by; for people reading the records, never an identity. */
  name: string;
  region: string;
  id: string;
  arn: string;
  properties: Properties;
  createdAt: string;
  /** Names among the properties that the cloud has filled in; an update that leaves them out keeps them. */
  computed: string[];
  /**
   * Set on what AWS deletes only after a waiting time (KMS keys): until then the record stays, and is not found by its
   * id.
   */
  deletionAt?: string;
}

/** Another resource that this one names; AWS looks for it when this one is made. */
export interface Reference {
  /** Pulumi token of what is named. */
  type: string;
  /** The property that names it, for the message. */
  property: string;
  /** Its id or its ARN, as the property holds it. */
  idOrArn: string;
  /** What deleting the named one does while this one stands: AWS refuses, takes this one along, or does not care. */
  whenDeleted: "refused" | "taken-along" | "unnoticed";
}

export interface Identity {
  id: string;
  /** Empty for what AWS gives none, such as policies attached to something that has one. */
  arn: string;
  /** What AWS fills in; a property the program has set wins over it. */
  computed?: Properties;
}

/** One row of the table: everything the cloud knows about one type beyond keeping what it was given. */
export interface RecordedType {
  token: string;
  /** In a message: "a KMS key". */
  noun: string;
  /** What the id is made of, so nothing can be made without it. */
  required?: readonly string[];
  identify(properties: Properties, place: Place): Identity;
  /** Names of computed properties that follow the others when these are updated. */
  recomputed?: readonly string[];
  /** IAM is one for all Regions. */
  isGlobal?: true;
  references?(properties: Properties): Reference[];
  /**
   * What a second create of the same id does. AWS refuses most; puts of a policy or an alarm replace silently;
   * a topic made again exactly alike is answered as if it had been made.
   * @default "refused"
   */
  whenTaken?: "refused" | "replaced" | "accepted-if-equal";
  /**
   * Two with an equal value of this cannot stand side by side, though their ids differ (a security group's name in its
   * VPC).
   */
  mustBeUnique?(properties: Properties): string | undefined;
  /** A reason to refuse deletion that lies in the resource itself. */
  keepsItself?(properties: Properties): string | undefined;
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
