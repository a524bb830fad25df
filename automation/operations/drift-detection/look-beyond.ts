/** What no refresh compares, from the RDS API: of what it does not say, nothing is known. */
import { ShipshapeError } from "../../errors";
import { awsClients, type AwsClients } from "../../targets/aws-access";
import { snapshotsOf } from "../../targets/database-backups";
import { accessTo } from "../../targets/locations";
import { parametersSetIn } from "../../targets/parameters-set";
import { RdsQueries } from "../../targets/rds-queries";
import type { OperationContext } from "../operation-context";
import { beyondProvider, type BeyondProvider, type FoundBeyond } from "./beyond-provider";
import { arnOf, nameInArn } from "./declared-beyond";
import type { InstanceNow } from "./differences";
import { lookUp } from "./look";
import type { DriftDetectionPlan } from "./plan";

export async function lookBeyond(
  s: Pick<OperationContext, "access" | "standard" | "waiversFolder">,
  plan: DriftDetectionPlan,
  now: InstanceNow,
): Promise<BeyondProvider> {
  const { database, beyond, stack } = plan;
  const clients = awsClients(accessTo(s.access, database));
  const snapshots = await sharedSnapshots(clients, plan);
  const parameters = await declaredParameters(clients, plan, now);
  const beside = {
    snapshots: snapshots.snapshots,
    parameters: parameters.parameters,
    unread: [...snapshots.unread, ...parameters.unread],
  };
  const ownAccounts = (s.access.locations?.() ?? []).flatMap(({ account }) => account ?? []);
  const today = new Date().toISOString().slice(0, 10);
  const answer = beyondProvider(database, beyond, now, beside, { ownAccounts, standard: s.standard, today });
  if (!("none" in stack) || stack.none !== "undeclared") return answer;
  // Loaded when used: it knows every guardrail.
  const { judgedByGuardrails } = await import("./unmanaged");
  const found = await lookUp(s.access, database);
  return {
    ...answer,
    judged: "reason" in found ? { breaks: [], unread: [found.reason] } : await judgedByGuardrails(clients, found, s),
  };
}

async function sharedSnapshots(
  clients: AwsClients,
  { database }: DriftDetectionPlan,
): Promise<Pick<FoundBeyond, "snapshots" | "unread">> {
  try {
    const { snapshots, unanswered } = await snapshotsOf(clients, database.identifier, database.resourceId);
    return {
      snapshots: snapshots.map(({ identifier, sharedWith }) => ({
        ...{ sharedWith, arn: arnOf(database, "snapshot", identifier) },
      })),
      unread: unanswered,
    };
  } catch (error) {
    if (!(error instanceof ShipshapeError && error.code === "fleet-unreadable")) throw error;
    return { snapshots: [], unread: [error.message] };
  }
}

/** Of the group that it has, if a stack declares that: of another one, its name says enough. */
async function declaredParameters(
  clients: AwsClients,
  { database, beyond: { parameterGroup: group } }: DriftDetectionPlan,
  now: InstanceNow,
): Promise<Pick<FoundBeyond, "parameters" | "unread">> {
  if (!group || !now.parameters.some((one) => arnOf(database, "pg", one.group) === group.arn))
    return { parameters: null, unread: [] };
  const queries = new RdsQueries();
  const name = nameInArn(group.arn);
  const declared = group.parameters.map((one) => one.name);
  const parameters = (await parametersSetIn(clients, queries, name, declared)) ?? null;
  return { parameters, unread: queries.unanswered };
}
