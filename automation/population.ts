/**
 * What an auditor asks for a period: every database, and every drill that its tier demanded. The fleet of a past day is
 * known only if it was recorded then, so what the cloud has is sealed each day, and whenever it changes.
 */
import type { Standard } from "../components/standards/standard";
import type { Database } from "./database";
import type { Signer } from "./evidence/ledger";
import { emptyRoot } from "./evidence/merkle-tree";
import { populationOf, type Period, type PopulationDrill } from "./evidence/population";
import { populationBasis, sealPopulation, type PopulationStatement } from "./evidence/population-statement";
import type { LogContent } from "./evidence/reading";
import { sealSighting, type FleetSeen } from "./evidence/sighting";
import type { FleetAnswer, FleetDatabase } from "./fleet-records";
import { recoveryStatus, signedDrills } from "./recovery-status";
import { tierOf } from "./tier-of";

/**
 * Seals which databases the cloud has, if that is new or the first time today; throwaways are left out. Resolves to
 * whether something was sealed.
 */
export async function recordFleet(
  database: Database,
  standard: Standard,
  signer: Signer,
  log: LogContent,
  fleet: FleetAnswer,
  now: Date,
): Promise<boolean> {
  if (!fleet.asked) return false;
  const kept = new Set((await recoveryStatus(database, log, fleet, now)).map((r) => r.database.arn));
  const earlier = log.entries.flatMap((e) => e.sighting ?? []);
  let isNew = false;
  // Each account and Region that answered: those that did not were not seen.
  for (const { account, region } of fleet.clouds ?? fleet.databases.slice(0, 1)) {
    if (account === undefined) continue;
    const there = fleet.databases.filter((d) => d.account === account && d.region === region && kept.has(d.arn));
    const seen = { account, region, databases: there.map((d) => sighted(d, standard)) };
    isNew = (await sealSighting(database, signer, seen, earlier, now)) || isNew;
  }
  return isNew;
}

function sighted({ identifier, resourceId, tags }: FleetDatabase, standard: Standard): FleetSeen["databases"][number] {
  const { tier, environment, objectives } = tierOf(tags, standard);
  return { identifier, resourceId, tier, environment, drillEveryDays: objectives.drillEveryDays };
}

export interface AskedPopulation {
  period: Period;
  requestedBy: string;
  toolVersions: Record<string, string>;
  /** What could not be read besides the log, a sentence each. */
  unread: string[];
}

/** States what the log says about a period, in the log. */
export async function sealPopulationOf(
  database: Database,
  signer: Signer,
  log: LogContent,
  { period, unread, ...asked }: AskedPopulation,
  now: Date,
): Promise<PopulationStatement> {
  const sightings = log.entries.flatMap((e) => e.sighting ?? []);
  const { size = 0, root = emptyRoot() } = log.head?.checkpoint ?? {};
  const content = {
    ...populationOf(period, sightings, populationDrills(log)),
    unread: [...unread, ...log.problems.map((p) => `the evidence log: ${p.what}`)],
    basis: populationBasis,
    restsOn: { origin: signer.origin, treeSize: size, root: root.toString("base64") },
    ...asked,
  };
  return sealPopulation(database, signer, content, now);
}

function populationDrills(log: LogContent): PopulationDrill[] {
  const tags = new Map<number, Record<string, unknown>>();
  for (const { position, run } of log.entries)
    if (run?.kind === "verdict") tags.set(position, (run.predicate.plan?.["tags"] ?? {}) as Record<string, unknown>);
  return signedDrills(log).flatMap(({ database, issuedAt, expiresOn, position, requestId, verdict, tornDown }) => {
    if (!database) return [];
    const { tier, environment } = tags.get(position) ?? {};
    return [
      {
        requestId,
        database,
        verdict,
        tornDown,
        tier: typeof tier === "string" ? tier : null,
        environment: typeof environment === "string" ? environment : null,
        issuedAt: issuedAt.toISOString(),
        validDays: Math.max(1, Math.round((expiresOn.getTime() - issuedAt.getTime()) / 86_400_000)),
      },
    ];
  });
}
