/** Instances that a switchover has replaced, among those that the RDS API lists: kept, and no service uses them. */
import type { DBInstance } from "@aws-sdk/client-rds";
import { requireApprovedEngineVersion } from "../../policypacks/database-guardrails/rules/require-approved-engine-version";
import type { ControlPlaneRecords } from "../control-plane-records";
import { reasonOf } from "../errors";
import type { LocatedFinding } from "../guardrails/judgement";
import { keptUntilRetired } from "../patches/patch-levels";
import type { Settings } from "../settings";
import { targetOf } from "../targets/database-instance";
import { tagsOf } from "../targets/database-login";
import { withRecords } from "./open-records";

/** They have data, so they are judged as any other; but nobody patches them, so their version is not. */
const notOfKept = [requireApprovedEngineVersion.id];

export class KeptInstances {
  /** By ARN, each with the request that has replaced it. */
  private readonly found = new Map<string, { name: string; requestId: string }>();

  private constructor(
    private readonly replacedBy: Awaited<ReturnType<ControlPlaneRecords["replacedOf"]>> | undefined,
    private readonly unread: string[],
  ) {}

  /** Where no control plane is named, none is known; where it cannot be read, that is said, too. */
  static async known(settings: Settings): Promise<KeptInstances> {
    if (settings.controlPlane.databaseUrl === undefined) return new KeptInstances(undefined, []);
    try {
      return new KeptInstances(await withRecords(settings, (records) => records.replacedOf()), []);
    } catch (error) {
      const why = `not read, so every instance is judged as one in use: what switchovers have replaced: ${reasonOf(error)}`;
      return new KeptInstances(undefined, [why]);
    }
  }

  note(instances: readonly DBInstance[]): void {
    for (const one of instances) {
      const replaced = this.replacedBy?.({ ...targetOf(one), tags: tagsOf(one) });
      if (!replaced || one.DBInstanceArn === undefined) continue;
      this.found.set(one.DBInstanceArn, {
        name: one.DBInstanceIdentifier ?? one.DBInstanceArn,
        requestId: replaced.requestId,
      });
    }
  }

  readonly isOfUse = ({ rule, urn }: LocatedFinding): boolean => !(notOfKept.includes(rule) && this.found.has(urn));

  lines(): string[] {
    const kept = [...this.found.values()].map(
      (one) => `judged, but not its version: ${one.name}: ${keptUntilRetired(one)}`,
    );
    return [...kept, ...this.unread];
  }
}
