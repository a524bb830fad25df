import type { Database } from "../database";
import type { FleetDatabase, RecoveryEvidence } from "../records";
import type { StackContext } from "../runner/stack-state";
import type { AwsAccess } from "../targets/aws-access";

/** What the code of an operation may use. */
export interface OperationContext {
  database: Database;
  access: AwsAccess;
  stacks: StackContext;
  /** The platform stack whose isolation group throwaways are in, e.g. `platform.dev`. */
  platformStack: string;
  /** The secrets provider of throwaways' stacks. @default the platform stack's */
  secretsProvider?: string | undefined;
  /** What the signed evidence says about the recovery of a database, as `shipshape status` reads it. */
  recoveryOf(database: FleetDatabase): Promise<RecoveryEvidence>;
}
