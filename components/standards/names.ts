/**
 * The names of the company's own standard, for the compiler. `shipshape standard types` writes a file that fills it;
 * without one they are those of Shipshape's standard. The values are checked when the program runs, in any case.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by a company's file
export interface StandardNames {}

type Name<Kind extends string, Ours extends string> =
  StandardNames extends Record<Kind, infer Own extends string> ? Own : Ours;

export type Environment = Name<"environment", "production" | "staging" | "development">;
export type Tier = Name<"tier", "gold" | "silver" | "bronze">;
export type Size = Name<"size", "small" | "medium" | "large" | "xlarge">;
export type DataClassification = Name<"dataClassification", "public" | "internal" | "confidential" | "restricted">;
export type RoleName = Name<"role", "owner" | "readwrite" | "readonly" | "monitoring" | "shipshape">;
