/** An operation that changes the stack of a database, as repairs, patches and rotations do. Its stacks need no plugin. */
import { ComponentResource, Config } from "@pulumi/pulumi";
import { z } from "zod";
import { targetDatabase } from "../../../automation/fleet-records";
import { heldTo } from "../../../automation/tier-of";
import {
  carryOutChange,
  deliveredCheck,
  stackChangeSteps,
  type ChangeOutcome,
  type ProgramOf,
} from "../../../automation/operations/stack-changes";
import type { OperationContext } from "../../../automation/operations/operation-context";
import type { RegisteredOperation } from "../../../automation/operations/registry";
import { verdictOf, type PlanBasis } from "../../../automation/records";
import type { Operation, OperationDescription } from "../../../automation/runner/operation";
import { planStackChange, stackChangeHolds, type ObservedStack } from "../../../automation/runner/stack-change";
import { readStack } from "../../../automation/runner/stack-state";

const retentionRequest = z.strictObject({
  database: z.string().meta({ description: "the database", placeholder: "identifier" }),
  retentionDays: z.number().int().meta({ description: "for how long to keep its backups" }),
});
type RetentionRequest = z.infer<typeof retentionRequest>;
type RetentionPlan = PlanBasis & Required<Pick<PlanBasis, "change" | "database">>;
type RetentionOutcome = ChangeOutcome & { runs?: unknown };

const description: OperationDescription<RetentionRequest> = {
  name: "retention",
  version: 1,
  owner: "a test",
  title: "keep the backups of a database for longer",
  examples: ['--database orders --retention-days 14 --reason "as agreed"'],
  effect: "changes",
  request: retentionRequest,
};

/** The only database of that name. */
export const databaseNamed = (identifier: string) =>
  targetDatabase({
    identifier,
    resourceId: `db-${identifier.toUpperCase()}`,
    arn: `arn:aws:rds:eu-central-1:123456789012:db:${identifier}`,
  });

interface Declared {
  service: string;
  backupRetentionDays: number;
}

/** What a StandardDatabase leaves in the state, as far as the control plane reads it. */
export function declare({ service, backupRetentionDays }: Declared): Promise<Record<string, unknown>> {
  const database = new ComponentResource("shipshape:index:StandardDatabase", service);
  class Instance extends ComponentResource {
    constructor() {
      super("aws:rds/instance:Instance", service, {}, { parent: database });
      const { identifier, resourceId, arn } = databaseNamed(service);
      this.registerOutputs({ engine: "postgres", identifier, resourceId, arn });
    }
  }
  new Instance();
  return Promise.resolve({ backupRetentionDays });
}

const tags = { tier: "bronze", owner: "team-orders", "shipshape:standard": "shipshape/1.1.0/0123456789ab" };

const program: ProgramOf = {
  settleCloud: () => Promise.resolve(new Map()),
  program: () => () => declare(new Config("shipshape").requireObject<Declared>("request")),
};

const open = (
  context: OperationContext,
): Promise<Operation<RetentionRequest, ObservedStack, RetentionPlan, RetentionOutcome>> => {
  const steps = stackChangeSteps(context);
  const look = { attemptsMax: 1, timeoutSeconds: 120 };
  return Promise.resolve({
    ...description,
    observe: ({ database }, step) => step("look at the stack", look, () => steps.observe(databaseNamed(database))),
    plan: ({ database, retentionDays }, observed, requestId) => ({
      target: database,
      database: databaseNamed(database),
      tags,
      heldTo: heldTo(tags, context.standard),
      evidenceValidDays: 7,
      change: planStackChange(
        {
          set: [{ path: ["backupRetentionDays"], value: retentionDays }],
          why: "its tier demands it",
          requestId,
          expected: [{ property: "BackupRetentionPeriod", from: 7, to: retentionDays }],
        },
        observed,
      ),
    }),
    stillHolds: (plan, observed) => stackChangeHolds(plan.change, observed),
    run: async (plan, step) => {
      const outcome = await carryOutChange(steps, plan, program, step);
      if ("deliveredUntil" in outcome) return outcome;
      const stacks = { ...context.stacks, project: "shop" };
      const runs = await step("read what runs", look, async () => {
        const stack = await readStack(stacks, plan.change.stack.replace("shop/", ""));
        return stack?.outputs["backupRetentionDays"];
      });
      return { ...outcome, runs };
    },
    verify: (plan, outcome) => {
      if ("deliveredUntil" in outcome) return verdictOf([deliveredCheck(plan, outcome.deliveredUntil)]);
      const isMade = outcome.runs === plan.change.expected[0]?.to;
      return verdictOf([
        {
          name: "change-is-made",
          verdict: isMade ? "pass" : "fail",
          explanation: `it has ${String(outcome.runs)}`,
          figures: {},
        },
      ]);
    },
  });
};

export const toyChange: RegisteredOperation = { ...description, open };
