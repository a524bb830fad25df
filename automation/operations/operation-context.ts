import type { Standard } from "../../components/standards/standard";
import type { CopyStanding } from "../copy-records";
import type { Database } from "../database";
import type { FleetDatabase, StackHome, TargetDatabase } from "../fleet-records";
import type { RecoveryEvidence } from "../records";
import type { SignedRehearsal } from "../rehearsal-records";
import type { SealedRun } from "../sealed-records";
import type { StackContext } from "../runner/stack-state";
import type { AwsAccess } from "../targets/aws-access";
import type { VerifiedBefore } from "../targets/structure-pieces";

/** What the code of an operation may use. */
export interface OperationContext {
  /** What databases are held to. */
  standard: Standard;
  database: Database;
  access: AwsAccess;
  stacks: StackContext;
  /** Whether a stack is ours, and where its config is. Errors: configuration-invalid, configuration-unreadable. */
  homesOfStacks(): Promise<(stack: string) => StackHome>;
  /** What git, and the hooks of the folder, run with. */
  gitEnvironment: Readonly<Record<string, string>>;
  /** The platform stack whose isolation group throwaways are in, e.g. `platform.dev`. */
  platformStack: string;
  /** The secrets provider of throwaways' stacks. @default the platform stack's */
  secretsProvider?: string | undefined;
  /** The teams' own assertions: a folder for each database, by its identifier. */
  assertionsFolder: string;
  /** The masking profiles: `<name>.masking.yaml`. */
  maskingFolder: string;
  /** Where this package is installed: threads are started from its files. */
  packageFolder: string;
  /** The waivers of guardrails. */
  waiversFolder: string;
  /** What the signed evidence says about the recovery of a database, as `shipshape status` reads it. */
  recoveryOf(database: FleetDatabase): Promise<RecoveryEvidence>;
  /** What a run that goes on wants people to answer: a finding, which its end closes or replaces. */
  tellPeople(transaction: Database, requestId: string, summary: string): Promise<void>;
  /** What these runs have sealed; one that there is no run of is left out. */
  sealedRuns(requestIds: readonly string[]): Promise<SealedRun[]>;
  /** What the signed log proves of a masked copy, today. */
  signedCopy(copy: TargetDatabase): Promise<CopyStanding>;
  /** What the signed log says of rehearsals of patches, the newest first. */
  signedRehearsals(): Promise<SignedRehearsal[]>;
  /** What signed restore drills since then have checked of a database's heaps and indexes. */
  verifiedSince(database: TargetDatabase, engineVersion: string, since: Date): Promise<VerifiedBefore>;
}
