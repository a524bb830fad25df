/** What evidence is published to: the evidence stage has a folder, `targets/` a bucket. */
export type PublishedKind = "statements" | "checkpoints";

/** Errors of each call: evidence-publication-unusable. */
export interface PublicationTarget {
  /** As people write it. */
  readonly name: string;
  /** The names of that kind, in order. */
  names(kind: PublishedKind): Promise<string[]>;
  read(kind: PublishedKind, name: string): Promise<Buffer>;
  /** Creates it whole or not at all. One that exists is left as it is: resolves to whether it was created. */
  create(kind: PublishedKind, name: string, bytes: Buffer): Promise<boolean>;
}
