/** Pure: what of a database a refresh copies, as its plan records it. */

/** What was asked for; undefined everywhere: the whole database. */
export type CopyScope =
  | { kind: "schema" }
  /** With those that were added since keys need them. */
  | { kind: "tables"; tables: string[] }
  | SubsetScope;

/** What a refresh plans of a subset. The condition is not in it. */
export interface SubsetScope {
  kind: "subset";
  /** The name of its file, without .subset.yaml. */
  name: string;
  digest: string;
  root: string;
  /** Keys that are followed down, by their columns. */
  down: string[];
  /** Tables whose rows are all taken. */
  whole: string[];
  /** Tables that may get rows. */
  tables: string[];
  rowsMax: number;
  /** By statistics of the source, before any row was read. Approvals do not depend on it. */
  estimate: Record<string, SubsetEstimate>;
}

export interface SubsetEstimate {
  /** Of the source: the subset has no more. */
  rowsInSource: number;
  /** How many one row of the root brings, where keys are followed down to them. */
  perRootRow?: number;
}
