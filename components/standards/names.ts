/**
 * The names of the company's own standard, for the compiler. `shipshape standard types` writes a file that fills it;
 * without one they are those of Shipshape's standard. The values are checked when the program runs, in any case.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by a company's file
export interface StandardNames {}

type Name<Kind extends string, Ours extends string> =
  StandardNames extends Record<Kind, infer Own extends string> ? Own : Ours;

/** Where a database serves; a standard says which of its environments is production. */
export const Environment = {
  /** Held to the tier's own figures, and protected. */
  Production: "production",
  /** Patched first; 7 days of backups, one zone. */
  Staging: "staging",
  /** As staging; people may experiment here. */
  Development: "development",
} as const;
export type Environment = Name<"environment", (typeof Environment)[keyof typeof Environment]>;

/** How much a loss would cost. */
export const Tier = {
  /** In production: restored within an hour, 35 days of backups, a copy in another Region, a second zone. */
  Gold: "gold",
  /** In production: restored within 4 hours, 14 days of backups, a second zone. */
  Silver: "silver",
  /** In production: restored within a day, 7 days of backups, one zone. */
  Bronze: "bronze",
} as const;
export type Tier = Name<"tier", (typeof Tier)[keyof typeof Tier]>;

/** Instance class and storage together. */
export const Size = {
  /** db.t4g.medium (2 vCPU, 4 GiB), 20 GiB of storage that grow to 100. */
  Small: "small",
  /** db.m7g.large (2 vCPU, 8 GiB), 100 GiB of storage that grow to 500. */
  Medium: "medium",
  /** db.r7g.xlarge (4 vCPU, 32 GiB), 500 GiB of storage that grow to 2,000. */
  Large: "large",
  /** db.r7g.4xlarge (16 vCPU, 128 GiB), 2,000 GiB of storage that grow to 8,000. */
  Xlarge: "xlarge",
} as const;
export type Size = Name<"size", (typeof Size)[keyof typeof Size]>;

/** How sensitive the data is. */
export const DataClassification = {
  /** Published, or fit to be. */
  Public: "public",
  /** For everyone in the company. */
  Internal: "internal",
  /** For those who need it. */
  Confidential: "confidential",
  /** Whose disclosure would break a law or a contract. */
  Restricted: "restricted",
} as const;
export type DataClassification = Name<
  "dataClassification",
  (typeof DataClassification)[keyof typeof DataClassification]
>;

export type RoleName = Name<"role", "owner" | "readwrite" | "readonly" | "monitoring" | "shipshape">;
