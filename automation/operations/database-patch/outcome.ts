/** What a patch has found, and what it has come to. */
import type { TargetDatabase } from "../../fleet-records";
import type { Analyzed } from "../../targets/planner-statistics";
import type { RunningServer } from "../../targets/running-server";

export type DatabasePatchOutcome =
  | { deliveredUntil: string }
  /** `snapshot`: its ARN; undefined if nothing was changed. `before`: what the server said before the patch. */
  | ({ snapshot?: string; before?: FoundVersion; found: FoundVersion } & Partial<BlueGreenOutcome>);

/** In all its databases but those that are `closed` to their master. */
export interface AnalyzedGreen extends Analyzed {
  closed: string[];
}

/** `left`: what the next `up` of its owner would change. */
export interface BlueGreenOutcome extends FoundAfterwards {
  green: VerifiedGreen;
  /** Of green, of another major. */
  analyzed?: AnalyzedGreen;
  switched: Switched;
  left: string[];
}

/** What API and SQL say after a patch, or of a database that was not patched. */
export interface FoundVersion {
  api: { version: string; status: string; pending: string[] };
  /** Or why nobody could log in. */
  server: RunningServer | { failure: string };
  replicas?: FoundReplica[];
}

/** `replication`: "replicating", "error" … */
export interface FoundReplica {
  identifier: string;
  version: string;
  status: string;
  replication: string;
}

/** What a switchover has come to: the name is another instance's, and the old one is kept. */
export interface Switched {
  live: TargetDatabase;
  kept: TargetDatabase;
}

/** What green was right before its turn. */
export interface VerifiedGreen {
  identifier: string;
  version: string;
  lagSeconds: number;
}

export interface FoundAfterwards {
  found: FoundVersion;
  /** Of the instance that has the name, against the one that had it. */
  differences: string[];
  kept: { identifier: string; status: string };
}
