/**
 * Which databases the cloud had, as signed facts: nothing else says later that one existed, was never drilled and was
 * deleted. A list is stated once; as long as it stays the same, later sightings only repeat its digest.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Database } from "../database";
import { canonicalJson } from "../records";
import { STATEMENT_TYPE, type Statement } from "./envelope";
import { appendStatement, type Signer } from "./ledger";

export const FLEET_TYPE = "urn:shipshape:evidence:fleet:v1";

/** What databases were held to. */
export const standardSchema = z.strictObject({ name: z.string(), version: z.string(), digest: z.string() });

const sightedSchema = z.strictObject({
  identifier: z.string(),
  resourceId: z.string(),
  tier: z.string(),
  environment: z.string(),
  /** How often its tier demands a drill. */
  drillEveryDays: z.int().min(1),
});
const sightingSchema = z.strictObject({
  account: z.string(),
  region: z.string(),
  /** SHA-256 of the list's canonical JSON. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  /** By resource id; null if it is that of an earlier sighting with this digest. */
  databases: z.array(sightedSchema).nullable(),
  /** Sets what each tier demands; missing in those of older releases. */
  standard: standardSchema.optional(),
  issuedAt: z.iso.datetime(),
  expiresOn: z.null(),
});

export type SightedDatabase = z.infer<typeof sightedSchema>;
export type Sighting = z.infer<typeof sightingSchema>;

/** What one account and Region had, as it is sighted. */
export interface FleetSeen {
  account: string;
  region: string;
  databases: SightedDatabase[];
  standard: z.infer<typeof standardSchema>;
}

/** Throws a plain Error for a statement that is about something else or contradicts itself. */
export function sightingOf({ predicateType, predicate, subject: [{ name, digest }] }: Statement): Sighting {
  if (predicateType !== FLEET_TYPE) throw new Error(`"${predicateType}" is not a sighting of the fleet`);
  const sighting = sightingSchema.parse(predicate);
  if (name !== subjectName(sighting) || digest.sha256 !== sighting.digest)
    throw new Error("its subject is not what it is about");
  if (sighting.databases && digestOf(sighting.databases) !== sighting.digest)
    throw new Error("its digest is not that of its list");
  return sighting;
}

/**
 * Seals what was seen if that is new: another list or standard than in the newest sighting, or the first of the day.
 * Resolves to whether it was sealed. Errors: those of `appendStatement`.
 */
export async function sealSighting(
  database: Database,
  signer: Signer,
  seen: FleetSeen,
  earlier: readonly Sighting[],
  now: Date,
): Promise<boolean> {
  const { account, region, standard } = seen;
  const databases = [...seen.databases].sort((a, b) => (a.resourceId < b.resourceId ? -1 : 1));
  const digest = digestOf(databases);
  const own = earlier.filter((s) => s.account === account && s.region === region);
  const newest = own.at(-1);
  const issuedAt = now.toISOString();
  const isSame = newest?.digest === digest && newest.standard?.digest === standard.digest;
  if (isSame && newest.issuedAt.slice(0, 10) === issuedAt.slice(0, 10)) return false;
  const isKnown = own.some((s) => s.digest === digest && s.databases);
  const sighting: Sighting = {
    account,
    region,
    digest,
    databases: isKnown ? null : databases,
    standard,
    issuedAt,
    expiresOn: null,
  };
  await appendStatement(database, signer, {
    _type: STATEMENT_TYPE,
    subject: [{ name: subjectName(sighting), digest: { sha256: digest } }],
    predicateType: FLEET_TYPE,
    predicate: sighting,
  });
  return true;
}

const digestOf = (databases: SightedDatabase[]) => createHash("sha256").update(canonicalJson(databases)).digest("hex");

const subjectName = ({ account, region, issuedAt }: Sighting) => `urn:shipshape:fleet:${account}:${region}:${issuedAt}`;
