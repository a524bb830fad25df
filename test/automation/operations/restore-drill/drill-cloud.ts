import { builtIn } from "../../../../components/standards/built-in";
import { restoreDrillSteps, type RestoreDrillSteps } from "../../../../automation/operations/restore-drill/steps";
import type { Database } from "../../../../automation/database";
import { removeStack, bringUp } from "../../../../automation/runner/pulumi-stack";
import { readStack, stackExists } from "../../../../automation/runner/stack-state";
import { RdsAnswers } from "../../guardrails/rds-answers";
import { plan, source } from "./drills";

/** A fake RDS API for drills. */
export class DrillCloud extends RdsAnswers {
  private endpoint = "";
  /** What was written to the control plane's database. */
  readonly statements: unknown[][] = [];
  private readonly database = {
    query: (sql: string, values: unknown[]) => (
      this.statements.push([sql.split(" ")[0], ...values]),
      Promise.resolve([])
    ),
  } as unknown as Database;

  override async start(): Promise<string> {
    this.endpoint = await super.start();
    return this.endpoint;
  }

  /** Returns nothing and has no calls yet; the engine, which the tests replace, does everything that it is asked to. */
  forget(): void {
    this.answers = {};
    this.calls.length = 0;
    this.statements.length = 0;
    jest
      .mocked(readStack)
      .mockReset()
      .mockResolvedValue({
        outputs: { isolationSecurityGroupId: "sg-0150a7ed000000001" },
        secretsProvider: source.secretsProvider ?? undefined,
      });
    jest.mocked(stackExists).mockReset().mockResolvedValue(false);
    jest.mocked(removeStack).mockReset().mockResolvedValue();
    jest.mocked(bringUp).mockReset().mockResolvedValue();
  }

  steps(more: { secretsProvider?: string } = {}): RestoreDrillSteps {
    return restoreDrillSteps({
      standard: builtIn,
      database: this.database,
      access: {
        cloud: {
          endpoint: this.endpoint,
          region: "eu-central-1",
          credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
        },
      },
      stacks: { workspacesFolder: "/nowhere", environment: {} },
      platformStack: "platform.dev",
      assertionsFolder: "/nowhere",
      verifiedSince: () => Promise.resolve({ leftUnread: false, files: {} }),
      ...more,
    });
  }

  /** The instance's state at each query; the last one repeats. `null` means that there is no instance. */
  instances(...states: (Record<string, unknown> | null)[]): void {
    let call = 0;
    this.answers["DescribeDBInstances"] = () => {
      const state = states[Math.min(call++, states.length - 1)];
      return state ? { DBInstances: [{ DBInstance: state }] } : gone;
    };
  }
}

export const gone = { error: "DBInstanceNotFound", status: 404 };
export const tags = (of: Record<string, string>) => Object.entries(of).map(([Key, Value]) => ({ Tag: { Key, Value } }));
export const groups = (...ids: string[]) =>
  ids.map((VpcSecurityGroupId) => ({ VpcSecurityGroupMembership: { VpcSecurityGroupId } }));
/** A correct throwaway. */
export const throwaway = (more: Record<string, unknown> = {}) => ({
  DBInstanceIdentifier: plan.throwaway.identifier,
  DBInstanceStatus: "available",
  DbiResourceId: "db-COPY",
  BackupRetentionPeriod: 0,
  PubliclyAccessible: false,
  VpcSecurityGroups: groups("sg-0150a7ed000000001"),
  Endpoint: { Address: "drill.example", Port: 5432 },
  TagList: tags(plan.throwaway.tags),
  ...more,
});
