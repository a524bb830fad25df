/** The effects of a refresh besides those in the copy itself: each one action, safe to repeat. */
import { copyTagKeys } from "../../../components/standards/fixed";
import { ShipshapeError } from "../../errors";
import { targetDatabase, type TargetDatabase } from "../../fleet-records";
import { profileDigest } from "../../masking/profile";
import { schemaDigest } from "../../masking/schema-facts";
import { PROJECT } from "../../runner/stack-state";
import { findDatabase, targetOf } from "../../targets/database-instance";
import { controlRole, findDatabaseLogin, masterRole, tagsOf } from "../../targets/database-login";
import { schemaFactsSeconds } from "../../targets/limits";
import { inCopySession } from "../../targets/masked-copy/copy-session";
import { readSchemaFacts } from "../../targets/schema-facts";
import { isolatedCopySteps } from "../isolated-copy";
import type { OperationContext } from "../operation-context";
import { settledProgram } from "../settled-program";
import { copySteps } from "./copy-steps";
import { coverageFigures, coverageProblems, scopeOf, shortened } from "./coverage";
import { earlierSteps } from "./earlier-steps";
import { stagingLifeHours } from "./limits";
import { ownTarget } from "./ownership";
import { copyIdentifier, environmentOf, stagingNames, type EnvironmentRefreshPlan, type ObservedRefresh } from "./plan";
import { readProfile, readSubset } from "./profile";
import type { EnvironmentRefreshRequest } from "./request";
import { latestMoment, lookAtSource } from "./source-look";
import { targetSteps } from "./target-steps";
import { teamSteps } from "./team-steps";

export type EnvironmentRefreshSteps = ReturnType<typeof environmentRefreshSteps>;

export function environmentRefreshSteps(s: OperationContext) {
  const { clientsOf, loginTo, throwawayLogin, steps } = isolatedCopySteps(s, stagingNames);
  const { rootCertificateFile } = s.access;
  const team = teamSteps(s);
  const targetLogin = ({ copy, ...plan }: EnvironmentRefreshPlan, resourceId: string, databaseName: string) =>
    loginTo({ ...plan }, copy.identifier, resourceId, masterRole, databaseName);

  const ofTarget = targetSteps(s, { clientsOf, targetLogin, team });
  const { observe: observeEarlier, ...ofEarlier } = earlierSteps(s, { clientsOf, targetLogin, ...ofTarget });

  return {
    /** Refuses what cannot be copied, before anything is planned, registered or created. */
    async observe(asked: EnvironmentRefreshRequest): Promise<ObservedRefresh> {
      const { database: identifier } = asked;
      const environment = environmentOf(asked, s.standard);
      const { clients, platformStack, isolation, declared, source } = await lookAtSource(s, asked);
      const { shape, databaseName, tags: sourceTags } = source;
      const login = await findDatabaseLogin(clients, s.standard, identifier, controlRole, databaseName);
      const reading = { rootCertificateFile, readOnly: true, statementSeconds: schemaFactsSeconds };
      const facts = await inCopySession(login, reading, "the look at the schema", readSchemaFacts);
      const name = asked.profile ?? identifier;
      const profile = await readProfile(s.maskingFolder, name);
      if (profile.source !== identifier)
        throw new ShipshapeError("refresh-profile-of-other", { profile: name, source: profile.source, identifier });
      const problems = coverageProblems(profile, facts);
      if (problems.length > 0)
        throw new ShipshapeError("refresh-not-covered", { profile: name, identifier, problems: named(problems) });
      const subset = asked.subset === undefined ? undefined : await readSubset(s.maskingFolder, asked.subset);
      const scope = scopeOf(asked, { profile, facts, name, subset });
      const target = asked.target === undefined ? copyIdentifier(shape, environment, s.standard) : null;
      const found = target === null ? undefined : await findDatabase(clients, target);
      const earlier =
        asked.fromCopy === undefined
          ? undefined
          : await observeEarlier(asked, {
              ...{ source: targetDatabase(source), sourceTags, shape, platformStack },
              ...{ profileDigest: profileDigest(profile), schemaDigest: schemaDigest(facts) },
              ...{ identifier: target ?? "", isTaken: found !== undefined },
            });
      const terms = { source: targetDatabase(source), sourceTags, sourceShape: shape, environment };
      return {
        observedAt: now(),
        source: { ...source, schemaDigest: schemaDigest(facts) },
        ...isolation,
        platformStack,
        profile: {
          name,
          digest: profileDigest(profile),
          keySecret: profile.key.secret,
          disarms: profile.disarm.length,
          sequences: profile.sequences,
          ...coverageFigures(profile, facts),
        },
        ...(scope && { scope }),
        replaces: (found && tagsOf(found)[copyTagKeys.request]) ?? null,
        existing: found ? ownTarget(targetOf(found), declared, s.stacks.project ?? PROJECT) : null,
        ...(earlier && { earlier, ...(earlier.scope && { scope: earlier.scope }) }),
        ...(asked.target !== undefined && { team: await team.observe(clients, asked, { terms, login, declared }) }),
      };
    },

    /** Resolves to when what is restored expires. */
    async register(requestId: string, { throwaway }: EnvironmentRefreshPlan): Promise<string> {
      const expiresAt = new Date(Date.now() + stagingLifeHours * 3_600_000).toISOString();
      await steps.register(requestId, { throwaway: { ...throwaway, expiresAt } });
      return expiresAt;
    },
    recordRemoval: steps.recordRemoval,

    async chooseRecoveryPoint(
      plan: EnvironmentRefreshPlan,
    ): Promise<{ recoveryPoint: string } | { at: string; reason: string }> {
      const found = await latestMoment(clientsOf(plan), plan.source.identifier);
      return "reason" in found ? found : { recoveryPoint: plan.recoveryTarget ?? found.latest };
    },
    restore: (plan: EnvironmentRefreshPlan, restoreTime: string, signal: AbortSignal) =>
      steps.restoreFrom(plan, { resourceId: plan.source.resourceId, restoreTime }, signal),
    requireIsolation: steps.requireIsolation,
    adopt: steps.adopt,
    removeThrowaway: steps.removeThrowaway,
    proveGone: steps.proveGone,

    ...copySteps(s, { clientsOf, throwawayLogin, targetLogin }),

    ...ofTarget,
    ...ofEarlier,
    changes: team.changes,
    programFor: (target: TargetDatabase) => settledProgram(s, target),
  };
}

const named = (problems: { place: string; reason: string }[]): string =>
  shortened(problems.map(({ place, reason }) => `${place}: ${reason}`));

const now = () => new Date().toISOString();
