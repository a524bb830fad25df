/** The effects of an extension: each safe to repeat. */
import type { DBInstance } from "@aws-sdk/client-rds";
import { copyTagKeys } from "../../../components/standards/fixed";
import type { SignedCopy } from "../../copy-records";
import { ShipshapeError } from "../../errors";
import { identityOf } from "../../fleet-records";
import { profileDigest } from "../../masking/profile";
import { cloudPause, poll } from "../../poll";
import { askBackend } from "../../runner/backend-stacks";
import { removalBegun } from "../../runner/begun-removals";
import { awsClients } from "../../targets/aws-access";
import { findDatabase, isInFlight } from "../../targets/database-instance";
import { controlRole, findDatabaseLogin, requireSameDatabase, tagsOf } from "../../targets/database-login";
import { schemaFactsSeconds } from "../../targets/limits";
import { accessTo, locate } from "../../targets/locations";
import { inCopySession } from "../../targets/masked-copy/copy-session";
import { readSchemaFacts } from "../../targets/schema-facts";
import { observeCopy } from "../copy-look";
import { coverageFigures } from "../environment-refresh/coverage";
import { readProfile } from "../environment-refresh/profile";
import type { OperationContext } from "../operation-context";
import type { ObservedCopy } from "../refresh-removal/plan";
import { dayOf, type ObservedExtension, type RefreshExtensionPlan } from "./plan";
import type { RefreshExtensionRequest } from "./request";
import type { ExtensionOutcome } from "./verify";

export type RefreshExtensionSteps = ReturnType<typeof refreshExtensionSteps>;

export function refreshExtensionSteps(s: OperationContext) {
  const clientsOf = ({ database }: RefreshExtensionPlan) => awsClients(accessTo(s.access, database));
  const refusal = (identifier: string) => (problem: string) =>
    new ShipshapeError("extension-refused", { identifier, problem });

  /** An `up` would create another in its place: the copy has to be there, and nothing is being done to it. */
  async function settledCopy(plan: RefreshExtensionPlan, signal: AbortSignal): Promise<DBInstance> {
    const { identifier, resourceId } = plan.database;
    const settled = await poll({ every: cloudPause, signal }, async () => {
      const seen = await findDatabase(clientsOf(plan), identifier);
      return seen && isInFlight(seen.DBInstanceStatus ?? "") ? undefined : { found: seen };
    });
    const found = settled?.found;
    if (!found) throw refusal(identifier)("it is gone");
    requireSameDatabase(identifier, found.DbiResourceId, resourceId);
    return found;
  }

  /** What is removed is never brought back, and what a refresh has replaced is another copy. */
  async function requireExtendable(plan: RefreshExtensionPlan, signal: AbortSignal): Promise<void> {
    const { database, copy, expiresOn } = plan;
    const no = refusal(database.identifier);
    const tags = tagsOf(await settledCopy(plan, signal));
    const removal = await removalBegun(s.database, database);
    if (removal) throw no(`its removal has begun, by request ${removal}`);
    if (tags[copyTagKeys.request] !== copy.madeBy) throw no("another refresh has replaced it");
    const end = tags[copyTagKeys.expiresOn] ?? "";
    // By an attempt that was interrupted.
    if (end === expiresOn) return;
    if (end !== copy.expiresOn) throw no(`it stays until ${end} by now, instead of ${copy.expiresOn}`);
    if (dayOf(new Date().toISOString()) > end) throw no(`its time was over on ${end}`);
  }

  return {
    /** Errors: extension-refused. */
    async observe(asked: RefreshExtensionRequest): Promise<ObservedExtension> {
      const { database: identifier } = asked;
      const no = refusal(identifier);
      const found = await observeCopy(s, asked, (problem, isOfTeam) =>
        isOfTeam
          ? no(`${problem}: another refresh with \`--target ${identifier}\` keeps one there for longer`)
          : no(`it is no copy that a refresh has made: ${problem}`),
      );
      const { copy, database } = found;
      if (dayOf(copy.observedAt) > copy.expiresOn) throw no(`its time was over on ${copy.expiresOn}`);
      const removal = await removalBegun(s.database, database);
      if (removal) throw no(`its removal has begun, by request ${removal}`);
      const standing = await s.signedCopy(database);
      if (standing.standing !== "proven") throw no(standing.reason);
      const { copy: signed } = standing;
      if (signed.requestId !== copy.madeBy || signed.expiresOn !== copy.expiresOn)
        throw no(
          `its tags say refresh ${copy.madeBy} until ${copy.expiresOn}, and ${signed.requestId} until ${signed.expiresOn} is signed`,
        );
      if (!signed.arguments) throw no("its refresh has not recorded how it is declared");
      return {
        ...copy,
        signed: { ...signed, arguments: signed.arguments },
        sourceTags: await sourceTags(signed),
        profileToday: await profileToday(asked, copy, found.databaseName, signed),
      };
    },

    /** Errors: extension-refused, stack-locked, stack-failed. */
    async extend(plan: RefreshExtensionPlan, signal: AbortSignal): Promise<void> {
      const { bringUp } = await import("../../runner/pulumi-stack");
      const { refreshedDatabase } = await import("../../../stacks/refreshed-database");
      const { stack: stackName, secretsProvider } = plan.copy;
      const settleCloud = async (during: AbortSignal) => {
        await requireExtendable(plan, during);
        return new Map<string, string>();
      };
      const program = (adopted: ReadonlyMap<string, string>) => () =>
        Promise.resolve(refreshedDatabase(plan.arguments, s.standard, adopted));
      await requireExtendable(plan, signal);
      await bringUp(
        s.stacks,
        { stackName, secretsProvider: secretsProvider ?? undefined, settleCloud, program },
        signal,
      );
    },

    /** Errors: extension-unseen. */
    async readTags(plan: RefreshExtensionPlan): Promise<ExtensionOutcome["seen"]> {
      const { identifier } = plan.database;
      const found = await findDatabase(clientsOf(plan), identifier);
      const { [copyTagKeys.expiresOn]: end = "nothing", [copyTagKeys.request]: madeBy = "" } = found
        ? tagsOf(found)
        : {};
      if (end !== plan.expiresOn)
        throw new ShipshapeError("extension-unseen", {
          ...{ identifier, found: end, tag: copyTagKeys.expiresOn, expected: plan.expiresOn },
        });
      return { resourceId: found?.DbiResourceId ?? "", madeBy, expiresOn: end, at: new Date().toISOString() };
    },
  };

  /** By the source's identity: another database may have its name by now. */
  async function sourceTags({ source }: SignedCopy): Promise<Record<string, string>> {
    const answer = await askBackend(s.stacks);
    const declared = answer.asked ? answer.stacks.flatMap(({ databases }) => databases) : [];
    return declared.find((one) => identityOf(one) === identityOf(source.database))?.tags ?? source.tags;
  }

  /** What it would mask of the copy: the profile that the copy was made with is known by its digest only. */
  async function profileToday(
    asked: RefreshExtensionRequest,
    { identifier }: ObservedCopy,
    databaseName: string,
    { profile: made }: SignedCopy,
  ): Promise<ObservedExtension["profileToday"]> {
    const profile = await readProfile(s.maskingFolder, made.name).catch((error: unknown) => {
      if (error instanceof ShipshapeError && error.code === "masking-profile-unreadable") return null;
      throw error;
    });
    if (!profile) return null;
    const digest = profileDigest(profile);
    if (digest === made.digest) return { digest, columnsMasked: made.columnsMasked };
    const clients = awsClients(await locate(s.access, asked));
    const login = await findDatabaseLogin(clients, s.standard, identifier, controlRole, databaseName);
    const reading = {
      ...{ rootCertificateFile: s.access.rootCertificateFile, readOnly: true, statementSeconds: schemaFactsSeconds },
    };
    const facts = await inCopySession(login, reading, "the look at the schema", readSchemaFacts);
    return { digest, columnsMasked: coverageFigures(profile, facts).columnsMasked };
  }
}
