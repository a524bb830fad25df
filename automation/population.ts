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
import { sealSighting, type FleetSeen, type Sighting } from "./evidence/sighting";
import type { FleetAnswer, FleetDatabase } from "./fleet-records";
import { recoveryStatus, signedDrills } from "./recovery-status";
import { tierOf } from "./tier-of";

/**
 * Seals which databases the cloud has, if that is new or the first time today; throwaways and masked copies are left
 * out, since no drill of them is due. Resolves to whether something was sealed.
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
  const known = await recoveryStatus(database, log, fleet, now);
  const kept = new Set(known.filter((r) => r.recoverability !== "copy").map((r) => r.database.arn));
  const earlier = log.entries.flatMap((e) => e.sighting ?? []);
  let isNew = false;
  // Each account and Region that answered: those that did not were not seen.
  for (const { account, region } of fleet.clouds ?? fleet.databases.slice(0, 1)) {
    if (account === undefined) continue;
    const there = fleet.databases.filter((d) => d.account === account && d.region === region && kept.has(d.arn));
    const { name, version, digest } = standard;
    const databases = there.map((d) => sighted(d, standard));
    const seen = { account, region, databases, standard: { name, version, digest } };
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
    standards: standardsOf(sightings, period),
    unread: [...unread, ...log.problems.map((p) => `the evidence log: ${p.what}`)],
    basis: populationBasis,
    restsOn: { origin: signer.origin, treeSize: size, root: root.toString("base64") },
    ...asked,
  };
  return sealPopulation(database, signer, content, now);
}

function standardsOf(sightings: Sighting[], { from, until }: Period): NonNullable<Sighting["standard"]>[] {
  const held = sightings
    .filter(({ issuedAt }) => from <= issuedAt && issuedAt < until)
    .flatMap(({ standard }) => standard ?? []);
  return [...new Map(held.map((one) => [one.digest, one])).values()];
}

/** By the names of the standard that the drill was held to: a company's tags have other keys. */
function populationDrills(log: LogContent): PopulationDrill[] {
  const heldTo = new Map(
    log.entries.flatMap(({ position, run }) =>
      run?.kind === "verdict" && run.predicate.plan?.heldTo ? [[position, run.predicate.plan.heldTo] as const] : [],
    ),
  );
  return signedDrills(log).flatMap(({ database, issuedAt, expiresOn, position, requestId, verdict, tornDown }) => {
    if (!database) return [];
    const { tier = null, environment = null } = heldTo.get(position) ?? {};
    return [
      {
        requestId,
        database,
        verdict,
        tornDown,
        tier,
        environment,
        issuedAt: issuedAt.toISOString(),
        validDays: Math.max(1, Math.round((expiresOn.getTime() - issuedAt.getTime()) / 86_400_000)),
      },
    ];
  });
}
