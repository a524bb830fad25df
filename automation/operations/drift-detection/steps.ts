/** The effects of a drift detection: each reads, and changes nothing. */
import type { DBInstance } from "@aws-sdk/client-rds";
import { severities } from "../../../policypacks/database-guardrails/judging/rule";
import { identityOf, type StacksAnswer, type TargetDatabase } from "../../fleet-records";
import { askBackend, askStack, readResources, recentlyAsked, withStack } from "../../runner/backend-stacks";
import { previewRefresh, type ReadResource } from "../../runner/pulumi-stack";
import type { SharedPlugins } from "../../runner/shared-plugins";
import { unreadable } from "../../runner/unreadable-stack";
import type { OperationContext } from "../operation-context";
import { accessSteps } from "./access-steps";
import { declaredBeyond } from "./declared-beyond";
import { differencesOf, isInstanceOf, waitingOf, type Difference, type InstanceNow } from "./differences";
import { instanceBeyond } from "./instance-beyond";
import { namesIn } from "./cloud-names";
import { isAnswered, type Explanations } from "./known-differences";
import { differencesMax } from "./limits";
import { lookFor, lookUp } from "./look";
import { lookBeyond } from "./look-beyond";
import { ofOtherDatabases } from "./other-databases";
import { pendingByProvider } from "./pending";
import type { DeclaringStack, DriftDetectionPlan, ObservedDatabase } from "./plan";
import { brokenBy } from "./protection";
import type { OneDatabase } from "./request";
import { statesOfRuns } from "./states-of-runs";
import { differencesIn, type Comparison, type DriftDetectionOutcome } from "./verify";

export type DriftDetectionSteps = ReturnType<typeof driftDetectionSteps>;

/**
 * What is in the database is read by SQL: the logins of its resources are in the state, and may have been rotated since.
 * Random values exist in the state alone. Without their providers the engine starts no plugins for them either.
 */
const notInAws = ["postgresql", "random"].flatMap((name) => [`**${name}:index/**`, `**pulumi:providers:${name}::**`]);

/** @param plugins that previews attach. @default each engine starts its own */
export function driftDetectionSteps(
  s: Pick<OperationContext, "access" | "stacks" | "standard" | "waiversFolder">,
  plugins?: SharedPlugins,
) {
  // A sweep's thousand children in this worker do not each read a thousand stacks.
  const recent = recentlyAsked(s.stacks);
  const states = statesOfRuns((stack) => readResources(s.stacks, stack));
  const besides = async (stack: string, requestId: string) => {
    const ofRun = (name: string) => states.newest(requestId, name);
    return withStack(await recent(), await askStack(s.stacks, stack, ofRun));
  };
  return {
    ...accessSteps(s, states),

    async observe(asked: OneDatabase, requestId: string): Promise<ObservedDatabase> {
      states.forget(requestId);
      const answer = await (asked.stack === undefined ? askBackend(s.stacks) : besides(asked.stack, requestId));
      const { database, tags, found } = await lookFor(s.access, asked, answer);
      const instance: DBInstance = "reason" in found ? {} : found;
      const parameterGroups = (instance.DBParameterGroups ?? []).map((group) => group.DBParameterGroupName ?? "");
      const { identifier, arn, resourceId } = database;
      return {
        ...{ identifier, arn, resourceId, tags },
        stack: declaringStack(answer, database),
        beyond: declaredBeyond(database, { ...instanceBeyond(instance), parameterGroups }, answer),
      };
    },

    async instanceNow({ database }: DriftDetectionPlan): Promise<InstanceNow> {
      const askedAt = new Date().toISOString();
      const found = await lookUp(s.access, database);
      const [instance, missing] = "reason" in found ? [{}, found] : [found];
      return {
        askedAt,
        status: instance.DBInstanceStatus ?? "",
        maintenanceWindow: instance.PreferredMaintenanceWindow ?? "",
        pending: pendingByProvider(instance.PendingModifiedValues ?? {}),
        parameters: (instance.DBParameterGroups ?? []).map((group) => ({
          group: group.DBParameterGroupName ?? "",
          status: group.ParameterApplyStatus ?? "",
        })),
        beyond: instanceBeyond(instance),
        ...(missing && { missing }),
      };
    },

    async compare(
      { database }: DriftDetectionPlan,
      stack: string,
      now: InstanceNow,
      requestId: string,
      signal: AbortSignal,
    ): Promise<Comparison> {
      const [project = "", name = ""] = stack.split("/");
      const context = { ...s.stacks, project };
      const state = await states.of(requestId, stack).catch((error: unknown) => {
        throw unreadable(stack, error);
      });
      const others = ofOtherDatabases(state, database.resourceId);
      const wanted = state.filter((one) => isRead(one) && !others.has(one.urn));
      const today = new Date().toISOString().slice(0, 10);
      const compared = async (more: Record<string, string>): Promise<Comparison> => {
        const read = new Set<string>();
        let databaseWasRead = false;
        const differences: Difference[] = [];
        const names: Record<string, string[]> = {};
        const take = (resource: ReadResource) => {
          if (others.has(resource.urn)) return;
          read.add(resource.urn);
          const isTheInstance = isInstanceOf(resource, database.resourceId);
          const { urn, new: found } = resource;
          const own = differencesOf(resource, isTheInstance ? now : undefined, brokenBy(resource, s.standard, today));
          const shown = own.map(({ property }) => property);
          databaseWasRead ||= isTheInstance;
          if (isTheInstance) own.push(...waitingOf(resource, now, found.outputs, shown));
          differences.push(...own);
          if (own.some(isAnswered)) names[urn] = namesIn(resource);
        };
        const environment = { ...context.environment, ...more };
        const failure = await previewRefresh({ ...context, environment }, name, notInAws, take, signal);
        // Of more than can be kept, the least is left out.
        differences.sort((one, other) => rankOf(one) - rankOf(other));
        return {
          resources: wanted.length,
          databaseWasRead,
          unread: wanted.map(({ urn }) => urn).filter((urn) => !read.has(urn)),
          failure: failure ?? null,
          names,
          differences: differences.slice(0, differencesMax),
          differencesLeftOut: Math.max(0, differences.length - differencesMax),
        };
      };
      const isIncomplete = ({ failure, unread }: Comparison) => failure !== null || unread.length > 0;
      return plugins ? plugins.attached(state, ["aws"], signal, compared, isIncomplete) : compared({});
    },

    /** Of what people must answer: who made it, and whether it is waived. */
    async explain(
      plan: DriftDetectionPlan,
      found: Omit<DriftDetectionOutcome, "explanations">,
      signal: AbortSignal,
    ): Promise<Explanations> {
      const differences = differencesIn(plan, found).filter(isAnswered);
      if (differences.length === 0) return {};
      // Loaded when used: it knows CloudTrail, and every guardrail.
      const { explanationsOf } = await import("./explanations");
      return explanationsOf(s, plan, differences, found.comparison?.names ?? {}, signal);
    },

    /** What no refresh compares; what the API does not say is named. */
    lookBeyond: (plan: DriftDetectionPlan, now: InstanceNow) => lookBeyond(s, plan, now),
  };
}

function declaringStack(answer: StacksAnswer, database: TargetDatabase): DeclaringStack {
  if (!answer.asked) return { none: "unreadable", reason: `${answer.backend ?? "the backend"}: ${answer.reason}` };
  const all = answer.stacks.flatMap(({ databases }) => databases);
  const declared = all.find((one) => identityOf(one) === identityOf(database));
  if (declared) return { name: declared.stack };
  // A stack that cannot be read might declare it.
  const [unread] = answer.unread;
  if (unread) {
    const mend = `\`pulumi stack export --stack ${unread.stack.split("/").at(-1)}\` must be able to read it`;
    return { none: "unreadable", reason: `${unread.stack}: ${unread.reason}; ${mend}` };
  }
  const earlier = all.find((one) => namesakeOf(one) === namesakeOf(database));
  const reason = earlier
    ? `${earlier.stack} declares another database of this name, ${earlier.resourceId}; this one, ${database.resourceId}, is in its place`
    : `none of ${answer.stacks.length} stacks of ${answer.backend} declares it`;
  return { none: "undeclared", reason };
}

const namesakeOf = ({ account, region, identifier }: TargetDatabase) => `${account} ${region} ${identifier}`;

const rankOf = (one: Difference): number =>
  one.class === "drift" ? severities.indexOf(one.severity) : severities.length + Number(one.class === "noise");

/** What a refresh reads: resources of a provider, but for those that exist in the state alone. */
const isRead = ({ type }: { type: string }): boolean => /^aws:/.test(type);
