/** The effects of a patch, besides those of changing the stack: each safe to repeat after an interruption. */
import type { DBInstance } from "@aws-sdk/client-rds";
import { ShipshapeError } from "../../errors";
import { identityOf, targetDatabase, type PlannedChange, type TargetDatabase } from "../../fleet-records";
import { isOtherMajor } from "../../patches/obstacles";
import type { Unread, UpgradeFacts } from "../../patches/upgrade-facts";
import { cloudPause, poll } from "../../poll";
import { configWith } from "../../runner/stack-change";
import { takeTurn } from "../../runner/trains";
import { awsClients, type AwsClients } from "../../targets/aws-access";
import { hasParameterGroup } from "../../targets/blue-green";
import { inControlSession } from "../../targets/control-session";
import { findDatabase, isInFlight } from "../../targets/database-instance";
import { controlRole, describeDatabase, findDatabaseLogin, requireSameDatabase } from "../../targets/database-login";
import { takeSnapshot } from "../../targets/database-snapshot";
import { askFleet } from "../../targets/fleet";
import { accessTo, locate } from "../../targets/locations";
import { versionsOf } from "../../targets/offered-versions";
import { pendingOf } from "../../targets/pending-changes";
import { readRunningServer } from "../../targets/running-server";
import { upgradeFactsOf } from "../../targets/upgrade-prechecks";
import type { RecoveryEvidence } from "../../records";
import type { OperationContext } from "../operation-context";
import { shortName } from "../drift-detection/known-differences";
import { settledProgram } from "../settled-program";
import { stackChangeSteps, type ProgramOf } from "../stack-changes";
import { standardTags } from "../throwaway-tags";
import { secondsUntilOpen } from "../ringed-patch/windows";
import { blueGreenSteps } from "./blue-green-steps";
import { settleSecondsMax, turnLeftSecondsMin } from "./limits";
import { newGroupOf } from "./major-upgrade";
import { requireOnlyVersion } from "./preview-gate";
import type { FoundReplica, FoundVersion } from "./outcome";
import type { BlueGreenPlan, DatabasePatchPlan, ObservedPatch } from "./plan";
import type { DatabasePatchRequest } from "./request";

export type DatabasePatchSteps = ReturnType<typeof databasePatchSteps>;

export function databasePatchSteps(s: OperationContext) {
  const changes = stackChangeSteps(s);
  const clientsFor = (database: TargetDatabase) => awsClients(accessTo(s.access, database));

  /** Until RDS does nothing to it: a backup or someone's change may be under way. */
  const settled = async (clients: AwsClients, identifier: string, signal?: AbortSignal): Promise<void> => {
    const wait = { every: cloudPause, seconds: settleSecondsMax, ...(signal && { signal }) };
    await poll(wait, async () => {
      const status = (await findDatabase(clients, identifier))?.DBInstanceStatus ?? "gone";
      return status === "gone" || !isInFlight(status) || undefined;
    });
  };

  return {
    changes,

    /** Errors: database-unknown, and those of the stack's observation. */
    async observe(asked: DatabasePatchRequest, signal: AbortSignal): Promise<ObservedPatch> {
      const clients = awsClients(await locate(s.access, asked));
      const { database: identifier } = asked;
      await describeDatabase(clients, identifier); // says which there are, if there is none of that name
      await settled(clients, identifier, signal);
      const { databases, offered } = await versionsOf(clients, identifier);
      const [now] = databases;
      if (!now) throw new ShipshapeError("database-unknown", { identifier, known: "none that is PostgreSQL" });
      const stack = await changes.observe(targetDatabase(now));
      const local = now.replicas.filter((name) => !name.startsWith("arn:"));
      const looked = await Promise.all(local.map((name) => versionsOf(clients, name)));
      const replicas = looked.flatMap((one) => one.databases);
      const recovery = await recoveryOf(s, clients, identifier);
      const server = now.engineVersion === asked.to ? undefined : await factsOf(clients, identifier);
      const isUpgrade = isOtherMajor(now.engineVersion, asked.to) && asked.method === "blue-green";
      const hasNewGroup = isUpgrade && (await hasParameterGroup(clients, newGroupOf(identifier, asked.to)));
      return {
        ...{ now, offered, stack, recovery },
        ...(replicas.length > 0 && { replicas }),
        ...(server && { server }),
        ...(hasNewGroup && { hasNewGroup }),
      };
    },

    /** It has the owner of the database. Errors: snapshot-not-usable. */
    snapshot: ({ database, snapshot: name, change, ...plan }: DatabasePatchPlan, signal: AbortSignal) => {
      const tags = { ...standardTags(plan.tags, s.standard), "shipshape:request": change?.requestId ?? "" };
      return takeSnapshot(clientsFor(database), { ...database, name, tags }, signal);
    },

    /** Nothing of it is committed yet. Errors: patch-wider, stack-config-moved, stack-failed. */
    async foresee(plan: DatabasePatchPlan, signal: AbortSignal): Promise<void> {
      const { database, change, to, blueGreen } = plan;
      if (!change) return;
      const newGroup = blueGreen?.upgrade && blueGreen.parameterGroup;
      const steps = await foreseen(change, program(true, newGroup !== undefined), signal);
      const replicas = (plan.replicas ?? []).map(({ identifier }) => identifier);
      requireOnlyVersion(steps, { identifier: database.identifier, replicas, stack: change.stack, to, newGroup });
    },

    /** From here on no halt stops it. Errors: patch-not-its-turn. */
    takeTurn: (plan: DatabasePatchPlan, requestId: string) => inTurn(plan, requestId, turnLeftSecondsMin),

    /**
     * Of our own stacks: one `up` that RDS applies at once, and one that declares again what people have declared. Right
     * before each the database is there, and RDS is at rest; before the first, the train's window is still open, unless
     * an attempt that was interrupted has patched it. Errors: patch-unsettled, patch-not-its-turn, and those of a
     * database that is gone.
     */
    programFor: (plan: DatabasePatchPlan, requestId: string, appliesAtOnce: boolean): ProgramOf => ({
      program: program(appliesAtOnce),
      settleCloud: async (signal) => {
        const { identifier, resourceId } = plan.database;
        const clients = clientsFor(plan.database);
        for (const one of [identifier, ...(plan.replicas ?? []).map((replica) => replica.identifier)])
          await settled(clients, one, signal);
        const { DbiResourceId, DBInstanceStatus = "", EngineVersion } = await describeDatabase(clients, identifier);
        requireSameDatabase(identifier, DbiResourceId, resourceId);
        const minutes = settleSecondsMax / 60;
        if (isInFlight(DBInstanceStatus))
          throw new ShipshapeError("patch-unsettled", { identifier, minutes, status: DBInstanceStatus });
        if (appliesAtOnce && EngineVersion !== plan.to) await inTurn(plan, requestId, 0);
        return new Map();
      },
    }),

    /** Of the database that has the name after a switchover: declared, and nothing else. */
    programOf: (database: TargetDatabase): ProgramOf => settledProgram(s, database),

    blueGreen: blueGreenSteps(s, {
      ...{
        changes,
        clientsFor,
        plannedChanges,
        foreseen: (change, signal) => foreseen(change, program(false), signal),
      },
      inTurn: (plan, requestId) => inTurn(plan, requestId, 0),
      foundVersion: (clients, instance) => foundVersion(s, clients, instance),
    }),

    /** Nothing of the patch has reached RDS: an attempt before may have been interrupted after that. */
    async isAsBefore({ database, replicas = [], from, to }: DatabasePatchPlan): Promise<boolean> {
      const clients = clientsFor(database);
      for (const one of [database, ...replicas]) {
        const found = await findDatabase(clients, one.identifier);
        if (!found || found.DbiResourceId !== one.resourceId || isInFlight(found.DBInstanceStatus ?? "")) return false;
        const isOld = one === database ? found.EngineVersion === from : found.EngineVersion !== to;
        if (!isOld || found.PendingModifiedValues?.EngineVersion !== undefined) return false;
      }
      return true;
    },

    async look({ database, replicas = [] }: DatabasePatchPlan, signal: AbortSignal): Promise<FoundVersion> {
      const { identifier, resourceId } = database;
      const clients = clientsFor(database);
      await settled(clients, identifier, signal);
      const instance = await describeDatabase(clients, identifier);
      requireSameDatabase(identifier, instance.DbiResourceId, resourceId);
      const found = await foundVersion(s, clients, instance);
      if (replicas.length === 0) return found;
      return { ...found, replicas: await Promise.all(replicas.map((one) => foundReplica(clients, one, signal))) };
    },
  };

  /** With the config as this change would have it. */
  async function foreseen(change: PlannedChange, declared: ProgramOf["program"], signal: AbortSignal) {
    const { file, text } = await changes.committedConfig(change.stack);
    const given = { config: configWith(file, text, change), program: declared, targets: [] };
    return changes.foresee(change.stack, given, signal);
  }

  /** A login that fails is one of the facts. */
  async function factsOf(clients: AwsClients, identifier: string): Promise<UpgradeFacts | Unread> {
    try {
      const login = await findDatabaseLogin(clients, s.standard, identifier, controlRole);
      return await upgradeFactsOf(login, { rootCertificateFile: s.access.rootCertificateFile });
    } catch (error) {
      if (error instanceof ShipshapeError) return { unread: error.message };
      throw error;
    }
  }

  async function foundReplica(
    clients: AwsClients,
    replica: TargetDatabase,
    signal: AbortSignal,
  ): Promise<FoundReplica> {
    const { identifier } = replica;
    await settled(clients, identifier, signal);
    const instance = await findDatabase(clients, identifier);
    const [info] = instance?.StatusInfos ?? [];
    const { EngineVersion: version = "", DBInstanceStatus: status = "gone" } = instance ?? {};
    return { identifier, version, status, replication: info?.Status ?? "none" };
  }

  /** As it is declared: the resources that the owner's next `up` would change, each with what it would do. */
  async function plannedChanges({ change }: BlueGreenPlan, signal: AbortSignal): Promise<string[]> {
    const planned = await foreseen({ ...change, set: [] }, program(false), signal);
    return planned.map((one) => `${one.op} of ${shortName(one.urn)}: ${one.changes.join(", ")}`);
  }

  async function inTurn({ database }: DatabasePatchPlan, requestId: string, leftSecondsMin: number): Promise<void> {
    const isOpen = (window: string | null) => secondsUntilOpen(window, new Date(), leftSecondsMin) === 0;
    const refused = await s.database.transaction((transaction) =>
      takeTurn(transaction, requestId, identityOf(database), isOpen),
    );
    if (refused) throw new ShipshapeError("patch-not-its-turn", { identifier: database.identifier, ...refused });
  }

  function program(appliesAtOnce: boolean, foreseesMajor = false): ProgramOf["program"] {
    return (adopt) => async () => {
      const { database } = await import("../../../stacks/database");
      return database(s.standard, adopt, { appliesAtOnce, foreseesMajor });
    };
  }
}

/** What the API has just said of an instance, and what its server says. */
export async function foundVersion(
  s: Pick<OperationContext, "standard" | "access">,
  clients: AwsClients,
  instance: DBInstance,
): Promise<FoundVersion> {
  const {
    EngineVersion: version = "",
    DBInstanceStatus: status = "",
    DBInstanceIdentifier: identifier = "",
  } = instance;
  const api = { version, status, pending: pendingOf(instance).changes.map(({ property }) => property) };
  return { api, server: await serverOf(s, clients, identifier) };
}

/** A login that fails is a finding, not an error of the run. */
async function serverOf(
  s: Pick<OperationContext, "standard" | "access">,
  clients: AwsClients,
  identifier: string,
): Promise<FoundVersion["server"]> {
  const { rootCertificateFile } = s.access;
  try {
    const login = await findDatabaseLogin(clients, s.standard, identifier, controlRole);
    return await inControlSession(login, { rootCertificateFile, readOnly: true }, readRunningServer);
  } catch (error) {
    if (error instanceof ShipshapeError) return { failure: error.message };
    throw error;
  }
}

async function recoveryOf(
  s: Pick<OperationContext, "recoveryOf">,
  clients: AwsClients,
  identifier: string,
): Promise<RecoveryEvidence> {
  const answer = await askFleet(clients, identifier);
  const found = answer.asked ? answer.databases[0] : undefined;
  if (found) return s.recoveryOf(found);
  const reason = answer.asked ? "its backups could not be read" : answer.reason;
  return { recoverability: "unknown", reason, drill: null };
}
