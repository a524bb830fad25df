/**
 * The effects of an upgrade to another major besides those of any blue/green deployment: its parameter group, and what
 * the planner knows; and what is taken back of a deployment that nobody was switched to.
 */
import type { DBInstance } from "@aws-sdk/client-rds";
import { describeError, ShipshapeError } from "../../errors";
import type { PlannedChange, TargetDatabase } from "../../fleet-records";
import type { CleanUpReport } from "../../records";
import type { AwsClients } from "../../targets/aws-access";
import { deleteParameterGroup, hasParameterGroup, settledDeployment } from "../../targets/blue-green";
import { inControlSession } from "../../targets/control-session";
import { findDatabase } from "../../targets/database-instance";
import { masterRole, type DatabaseLogin } from "../../targets/database-login";
import { analyze, databasesOf } from "../../targets/planner-statistics";
import { shownText } from "../../targets/shown-text";
import type { PlannedStep } from "../../runner/planned-steps";
import { configured } from "../../runner/stack-change";
import { majorOf } from "../../version-records";
import type { OperationContext } from "../operation-context";
import { settledProgram } from "../settled-program";
import type { ProgramOf, StackChangeSteps } from "../stack-changes";
import { analyzeStep } from "./limits";
import type { AnalyzedGreen, FoundVersion } from "./outcome";
import type { BlueGreenPlan } from "./plan";
import { requireOnlyGroup } from "./preview-gate";

/** What the steps of a blue/green deployment have of those of any patch. */
export interface Shared {
  changes: StackChangeSteps;
  clientsFor(database: TargetDatabase): AwsClients;
  /** Errors: patch-not-its-turn. */
  inTurn(plan: BlueGreenPlan, requestId: string): Promise<void>;
  foundVersion(clients: AwsClients, instance: DBInstance): Promise<FoundVersion>;
  plannedChanges(plan: BlueGreenPlan, signal: AbortSignal): Promise<string[]>;
  /** What an `up` would do with this change of the config. */
  foreseen(change: PlannedChange, signal: AbortSignal): Promise<PlannedStep[]>;
}

interface Needed extends Shared {
  greenLogin(clients: AwsClients, identifier: string, role: string, green: DBInstance): Promise<DatabaseLogin>;
}

/** What a clean-up has to do to the stack: bring it up without what was prepared, or say what still declares it. */
export type TakenBack = "nothing" | "taken back" | "changed since";

export function upgradeSteps(s: OperationContext, { changes, clientsFor, foreseen, greenLogin }: Needed) {
  /** Not where the name has moved, nor where someone has brought the version in place. */
  const isAsBefore = async ({ database, from }: BlueGreenPlan): Promise<boolean> => {
    const now = await findDatabase(clientsFor(database), database.identifier);
    return now?.DbiResourceId === database.resourceId && now.EngineVersion === from;
  };
  const declares = async (plan: BlueGreenPlan): Promise<boolean> => {
    const { file, text } = await changes.committedConfig(plan.change.stack);
    const { postgresMajor, otherMajor } = configured(file, text, "shipshape:request") as Record<string, unknown>;
    return [postgresMajor, otherMajor].some((one) => String(one) === majorOf(plan.to));
  };

  return {
    /** What an `up` with the parameter group of another major would do: make it. Errors: patch-wider. */
    async foreseePreparation({ database, blueGreen, change }: BlueGreenPlan, signal: AbortSignal): Promise<void> {
      const { upgrade, parameterGroup: newGroup } = blueGreen;
      if (!upgrade) return;
      const { identifier } = database;
      const steps = await foreseen(upgrade.prepare, signal);
      requireOnlyGroup(steps, { identifier, stack: change.stack, newGroup, op: "create" });
    },

    /**
     * The stack with that group. The plan had found none in RDS: one that is there, and not in the state, was made by an
     * engine that was killed before it could say so, perhaps without all its parameters.
     */
    preparing({ database, blueGreen }: BlueGreenPlan): ProgramOf {
      const { program, settleCloud } = settledProgram(s, database);
      const name = blueGreen.parameterGroup;
      const clients = clientsFor(database);
      return {
        program: (adopt) => async () => {
          if (adopt.has(name)) await deleteParameterGroup(clients, name);
          return program(new Map())();
        },
        settleCloud: async (signal) => {
          await settleCloud(signal);
          return new Map((await hasParameterGroup(clients, name)) ? [[name, name]] : []);
        },
      };
    },

    /** Every table of green, as the owner of its databases. */
    async analyze({ database, blueGreen }: BlueGreenPlan, signal: AbortSignal): Promise<AnalyzedGreen> {
      const clients = clientsFor(database);
      const deployment = await settledDeployment(clients, blueGreen.deployment, signal);
      const green = deployment && (await findDatabase(clients, deployment.sides.green));
      const { identifier } = database;
      if (!green) throw new ShipshapeError("green-unusable", { identifier, reason: "it is gone" });
      const login = await greenLogin(clients, identifier, masterRole, green);
      const options = { rootCertificateFile: s.access.rootCertificateFile, readOnly: true };
      const slowly = { ...options, statementSeconds: analyzeStep.timeoutSeconds };
      const sum: AnalyzedGreen = { tables: 0, without: 0, closed: [] };
      for (const { name, mayConnect } of await inControlSession(login, options, databasesOf)) {
        signal.throwIfAborted();
        if (!mayConnect) {
          sum.closed.push(shownText(name));
          continue;
        }
        const { tables, without } = await inControlSession({ ...login, database: name }, slowly, analyze);
        sum.tables += tables;
        sum.without += without;
      }
      return sum;
    },

    /**
     * Our commits, of a patch that has changed nothing: that of the change first, and then that of its preparation. An
     * attempt before may have come as far as any of them.
     */
    async takeBack(plan: BlueGreenPlan, signal: AbortSignal): Promise<TakenBack> {
      if (!(await isAsBefore(plan))) return "nothing";
      const { change, blueGreen } = plan;
      const prepare = blueGreen.upgrade?.prepare;
      const isBack = (one: PlannedChange) => changes.wasTakenBack(one, signal);
      try {
        const isChangeBack = (await isBack(change)) || (prepare !== undefined && (await isBack(prepare)));
        if (!isChangeBack) await changes.takeBackIfMade(change, signal);
        const wasPrepared = prepare !== undefined && (await changes.takeBackIfMade(prepare, signal));
        return wasPrepared ? "taken back" : "nothing";
      } catch (error) {
        if (describeError(error).code !== "stack-config-moved") throw error;
        if (!prepare) return (await isBack(change)) ? "nothing" : "changed since";
        return (await declares(plan)) ? "changed since" : "taken back";
      }
    },

    /** What an `up` without the group would do: delete it. Errors: patch-wider. */
    async foreseeRemoval({ database, blueGreen, change }: BlueGreenPlan, signal: AbortSignal): Promise<void> {
      const { identifier } = database;
      const steps = await foreseen({ ...change, set: [] }, signal);
      requireOnlyGroup(steps, { identifier, stack: change.stack, newGroup: blueGreen.parameterGroup, op: "delete" });
    },

    /** Also one that no state has. */
    async removeGroup({ database, blueGreen }: BlueGreenPlan): Promise<CleanUpReport> {
      const clients = clientsFor(database);
      const group = { kind: "parameter group", identifier: blueGreen.parameterGroup };
      const refused = await deleteParameterGroup(clients, group.identifier);
      return refused === undefined
        ? { removed: [{ ...group, provenGoneBy: "DescribeDBParameterGroups" }] }
        : { removed: [], left: [{ ...group, reason: `RDS does not delete it: ${refused}` }] };
    },
  };
}
