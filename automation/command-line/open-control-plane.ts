import type { Standard } from "../../components/standards/standard";
import { version } from "../../package.json";
import type { ControlPlane } from "../control-plane";
import type { ControlPlaneDatabase } from "../database";
import type { Signer } from "../evidence/ledger";
import type { OperationContext } from "../operations/operation-context";
import type { Settings } from "../settings";
import type { CommandContext } from "./command-context";
import { alertingOf } from "./alert-destinations";
import { followedEvidence, signerOf, type FollowedEvidence } from "./evidence-log";
import { databaseUrlOf, stackContext } from "./open-records";
import { requireNotEveryones, warnOfOtherWriters } from "./other-writers";

/** Opens the control plane that the environment names, for the length of `work`. */
export async function withControlPlane<T>(
  { settings, operations, terminal }: CommandContext,
  work: (controlPlane: ControlPlane) => Promise<T>,
): Promise<T> {
  const databaseUrl = databaseUrlOf(settings);
  // The durable engine calls node-postgres in a way that a later version will refuse; users can do nothing about it.
  process.noDeprecation = true;
  const { openControlPlane } = await import("../control-plane");
  let inKms: Promise<Signer> | undefined;
  const { readConfiguration, readLocations, readStandard } = await import("../configuration/configuration");
  const standard = readStandard(settings.configurationFile);
  let evidence: FollowedEvidence | undefined;
  const evidenceIn = (database: ControlPlaneDatabase) => (evidence ??= followedEvidence(settings, database, terminal));
  const registered = async () => operations ?? (await import("../operations/registry")).operations;
  const controlPlane = await openControlPlane({
    databaseUrl,
    standard,
    signer: () => {
      if (settings.controlPlane.signingKmsKey === undefined) return signerOf(settings);
      // Once for all that this process signs: its public key is what each signature is held against.
      return (inKms ??= signerOf(settings).catch((error: unknown) => {
        inKms = undefined;
        throw error;
      }));
    },
    publication: async () => {
      const { publishTo } = settings.controlPlane;
      if (publishTo === undefined) return undefined;
      const target = await (await import("./evidence-publish")).publicationIn(publishTo);
      if (!publishTo.startsWith("s3://")) warnOfOtherWriters(target.name, terminal);
      return target;
    },
    telemetry: settings.telemetry,
    alerting: (records) => alertingOf(settings, records),
    instances: async () => {
      const locations = readLocations(settings.configurationFile);
      return (await import("../targets/instance-properties")).fleetProperties(locations);
    },
    stacks: stackContext(settings),
    recoveryOf: async (target) => {
      const log = await evidenceIn(controlPlane.database).about("restore-drill", target);
      const [{ askFleet }, { awsClients }] = [await import("../targets/fleet"), await import("../targets/aws-access")];
      const { accessTo } = await import("../targets/locations");
      const access = accessTo({ locations: () => readLocations(settings.configurationFile) }, target);
      const answer = await askFleet(awsClients(access), target.identifier);
      return (await import("../recovery-status")).recoveryOfTarget(log, target, answer, new Date());
    },
    toolVersions: { shipshape: version, node: process.versions.node },
    access: async () => {
      const names = (await registered()).map(({ name }) => name);
      const configuration = readConfiguration(settings.configurationFile, names);
      if (configuration) requireNotEveryones(settings.configurationFile.path, terminal);
      return configuration;
    },
    operations: async (database, beforeCall) =>
      Promise.all(
        (await registered()).map((o) =>
          o.open({
            ...operationContext(settings, standard, database, evidenceIn(database)),
            access: {
              rootCertificateFile: settings.rootCertificateFile,
              beforeCall,
              locations: () => readLocations(settings.configurationFile),
            },
          }),
        ),
      ),
  });
  try {
    return await work(controlPlane);
  } finally {
    await controlPlane.close();
  }
}

/** What the code of operations may use. */
function operationContext(
  settings: Settings,
  standard: Standard,
  database: ControlPlaneDatabase,
  log: FollowedEvidence,
): Omit<OperationContext, "access"> {
  const { platformStack, secretsProvider, assertionsFolder, maskingFolder } = settings.controlPlane;
  return {
    standard,
    database,
    stacks: stackContext(settings),
    homesOfStacks: async () => (await import("../configuration/owned-stacks")).stackHomes(settings.configurationFile),
    gitEnvironment: settings.gitEnvironment,
    platformStack,
    secretsProvider,
    assertionsFolder,
    maskingFolder,
    packageFolder: settings.packageFolder,
    waiversFolder: settings.alerts.waiversFolder,
    recoveryOf: async (found) => {
      const { recoveryEvidence } = await import("../recovery-status");
      return recoveryEvidence(await log.about("restore-drill", found), found, new Date());
    },
    tellPeople: async (transaction, requestId, summary) =>
      (await import("../alerts")).raiseFinding(transaction, requestId, "verdict-halted", summary),
    sealedRuns: async (requestIds) => (await import("../evidence/sealed-runs")).sealedRuns(database, requestIds),
    signedCopy: async (copy) => {
      const { copyStanding, operationsOfCopies } = await import("../copy-standing");
      return copyStanding(await log.of(operationsOfCopies), copy, new Date());
    },
    signedRehearsals: async () => {
      const { signedRehearsals, rehearsal } = await import("../signed-rehearsals");
      return signedRehearsals(await log.of([rehearsal]));
    },
    verifiedSince: async (found, engineVersion, since) => {
      const { verifiedBlocks } = await import("../recovery-status");
      return verifiedBlocks(await log.about("restore-drill", found), found, engineVersion, since);
    },
  };
}
