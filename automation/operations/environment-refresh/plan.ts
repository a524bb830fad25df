/** Pure: from the request and what was observed to every choice of a refresh. */
import type { RefreshedDatabaseArgs } from "../../../stacks/refreshed-database";
import { identifierOf } from "../../../components/names";
import { environmentsOf, tiersOf, type Standard } from "../../../components/standards/standard";
import { copyAlone } from "../../copy-records";
import { ShipshapeError } from "../../errors";
import type { CopyScope } from "../../masking/scope";
import { copyStack, targetDatabase, type TargetDatabase } from "../../fleet-records";
import { canonicalJson, type PlanBasis } from "../../records";
import { followsStill, heldTo } from "../../tier-of";
import type { TargetNames } from "../../targets/masked-copy/target-database";
import type { IsolatedCopy } from "../isolated-copy";
import { throwawayTags } from "../throwaway-tags";
import type { CoverageFigures } from "./coverage";
import type { DeclaredShape } from "./declared-shape";
import { ofEarlier, snapshotName, textOfEarlier, type EarlierCopy } from "./earlier-copy";
import type { EnvironmentRefreshRequest } from "./request";
import { planTeamTarget, teamTargetHolds, textOf, type ObservedTeamTarget, type TeamTarget } from "./team-target";

/** The source as the cloud, its stack and its own catalog describe it. */
export interface ObservedCopySource {
  identifier: string;
  arn: string;
  resourceId: string;
  databaseName: string;
  engineVersion: string;
  instanceClass: string;
  parameterGroupName: string;
  subnetGroupName: string;
  keyArn: string | undefined;
  engineLifecycleSupport: string;
  tags: Record<string, string>;
  /** What its StandardDatabase has decided: the copy is declared alike. */
  shape: DeclaredShape;
  schemaDigest: string;
}

export interface ObservedRefresh {
  observedAt: string;
  source: ObservedCopySource;
  isolationSecurityGroupIds: string[];
  secretsProvider: string | null;
  platformStack: string;
  profile: CoverageFigures & {
    name: string;
    digest: string;
    keySecret: string;
    disarms: number;
    sequences: "source" | "column";
  };
  /** What has the copy's name, made by an earlier refresh; null: nothing. */
  existing: TargetDatabase | null;
  /** The refresh whose copy that has; null: nothing. */
  replaces: string | null;
  /** Which part of the source is copied; undefined: all of it. */
  scope?: CopyScope;
  /** The database of a team that was asked for as the target. */
  team?: ObservedTeamTarget;
  /** The masked copy that was asked for as the origin. */
  earlier?: EarlierCopy;
}

export interface EnvironmentRefreshPlan extends PlanBasis, IsolatedCopy {
  database: TargetDatabase;
  source: ObservedCopySource;
  /** Null: the latest that can be restored when it is carried out. */
  recoveryTarget: string | null;
  profile: ObservedRefresh["profile"];
  scope?: CopyScope;
  /** Then the target is restored from a snapshot of it, whose name the throwaway has. */
  earlier?: EarlierCopy;
  copy: {
    identifier: string;
    stack: string;
    secretsProvider: string | null;
    existing: TargetDatabase | null;
    replaces: string | null;
    /** Then it is the existing target, and its own stack declares it. */
    team?: TeamTarget;
    expiresOn: string;
    /** Of a target of the refresh's own. */
    arguments: RefreshedDatabaseArgs;
    names: TargetNames;
  };
}

/** Errors: refresh-environment-unknown. */
export function planRefresh(
  request: EnvironmentRefreshRequest,
  observed: ObservedRefresh,
  requestId: string,
  standard: Standard,
): EnvironmentRefreshPlan {
  const { source, profile, earlier } = observed;
  const environment = environmentOf(request, standard);
  const identifier = observed.team?.database.identifier ?? copyIdentifier(source.shape, environment, standard);
  const database = targetDatabase(source);
  const expiresOn = daysAfter(observed.observedAt, request.retentionDays);
  const maskedCopy = { request: requestId, source: source.identifier, profile: profile.digest, expiresOn };
  const team = observed.team && planTeamTarget(observed.team, maskedCopy);
  return {
    target: request.database,
    database,
    tags: source.tags,
    heldTo: heldTo(source.tags, standard),
    subject: `copy ${identifier}`,
    alone: copyAlone(identifier, database),
    evidenceValidDays: request.retentionDays,
    copies: {
      source: { database, tags: source.tags },
      to: { account: database.account, environment },
      ...(observed.team && { replaces: { database: observed.team.database, tags: observed.team.tags } }),
      masked: { profileDigest: profile.digest, schemaDigest: source.schemaDigest },
      retentionDays: request.retentionDays,
      ...(earlier && ofEarlier(earlier, expiresOn)),
    },
    ...(team && { text: textOf(team, identifier, expiresOn) }),
    ...(earlier && { text: textOfEarlier(earlier, source.identifier, identifier), earlier }),
    source,
    recoveryTarget: request.at === undefined ? null : new Date(request.at).toISOString(),
    profile,
    ...(observed.scope && { scope: observed.scope }),
    throwaway: {
      ...stagingNames(requestId),
      ...(earlier && { identifier: snapshotName(requestId) }),
      secretsProvider: observed.secretsProvider,
      instanceClass: source.instanceClass,
      securityGroupIds: observed.isolationSecurityGroupIds,
      tags: throwawayTags(source.tags, { requestId, purpose: "environment-refresh" }, standard),
    },
    copy: {
      identifier,
      stack: team ? team.change.stack : copyStack(identifier),
      secretsProvider: observed.secretsProvider,
      existing: observed.team?.database ?? observed.existing,
      replaces: observed.replaces,
      ...(team && { team }),
      expiresOn,
      arguments: {
        platformStack: observed.platformStack,
        reachableFrom: clientsOf(request.reachableFrom),
        request: {
          ...declared(source, standard),
          environment,
          maskedCopy,
        },
      },
      names: {
        name: (team ?? source).shape.databaseName,
        hidden: `shipshape_copy_${requestId.replaceAll("-", "_")}`,
        aside: `shipshape_before_${requestId.replaceAll("-", "_")}`,
      },
    },
  };
}

/** What is restored expires so long after the run began: until then, people may take days to approve. */
export function staged(plan: EnvironmentRefreshPlan, expiresAt: string): EnvironmentRefreshPlan {
  const { throwaway } = plan;
  return { ...plan, throwaway: { ...throwaway, tags: { ...throwaway.tags, "shipshape:expires-on": expiresAt } } };
}

export function environmentOf({ environment }: EnvironmentRefreshRequest, standard: Standard) {
  const known = environmentsOf(standard);
  const found = known.find((one) => one === environment);
  if (found === undefined)
    throw new ShipshapeError("refresh-environment-unknown", { environment, known: known.join(", ") });
  return found;
}

export const copyIdentifier = (
  { service, databaseName }: DeclaredShape,
  environment: string,
  standard: Standard,
): string => identifierOf({ service, environment, databaseName }, standard);

/** Like the source, but of the least strict tier: another refresh makes it. */
function declared({ shape, tags }: ObservedCopySource, standard: Standard) {
  const tag = (name: "owner" | "costCenter" | "dataClassification") => tags[standard.tags[name].key] ?? "";
  return {
    service: shape.service,
    owner: tag("owner"),
    costCenter: tag("costCenter"),
    dataClassification: tag("dataClassification") as RefreshedDatabaseArgs["request"]["dataClassification"],
    tier: tiersOf(standard).at(-1)!,
    size: shape.size,
    databaseName: shape.databaseName,
    schemaName: shape.schemaName,
    furtherSchemas: shape.furtherSchemas,
    extensions: shape.extensions as RefreshedDatabaseArgs["request"]["extensions"],
    postgresMajor: shape.postgresMajor as RefreshedDatabaseArgs["request"]["postgresMajor"],
  };
}

const clientsOf = (said: string | undefined): Record<string, string> =>
  Object.fromEntries(
    (said ?? "")
      .split(",")
      .filter(Boolean)
      .map((one) => one.split("=") as [string, string]),
  );

const daysAfter = (moment: string, days: number): string =>
  new Date(Date.parse(moment) + days * 86_400_000).toISOString().slice(0, 10);

export const stagingNames = (requestId: string) => ({
  identifier: `staging-${requestId}`,
  stack: `restored-database.staging-${requestId}`,
});

/** Without what statistics say, which changes with each row. */
const lasting = (scope: CopyScope | undefined): unknown =>
  scope?.kind === "subset" ? { ...scope, estimate: {} } : (scope ?? null);

/** Whether nothing but time has passed since the plan was made, and the copy would not expire as soon as it is there. */
export function refreshStillHolds(
  plan: EnvironmentRefreshPlan,
  observed: ObservedRefresh,
  standard: Standard,
): boolean {
  const same = (one: unknown, other: unknown) => canonicalJson(one) === canonicalJson(other);
  return (
    followsStill(plan, standard) &&
    same(plan.source, observed.source) &&
    same(plan.profile, observed.profile) &&
    same(lasting(plan.scope), lasting(observed.scope)) &&
    same(plan.earlier ?? null, observed.earlier ?? null) &&
    same(plan.copy.existing, observed.team?.database ?? observed.existing) &&
    plan.copy.replaces === observed.replaces &&
    (plan.copy.team === undefined || (observed.team !== undefined && teamTargetHolds(plan.copy.team, observed.team))) &&
    same(plan.throwaway.securityGroupIds, observed.isolationSecurityGroupIds) &&
    Date.parse(plan.copy.expiresOn) > Date.parse(observed.observedAt)
  );
}
