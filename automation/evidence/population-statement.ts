/** The statement about a period: the population, what it rests on, and who asked for it. */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Database } from "../database";
import { canonicalJson } from "../records";
import { STATEMENT_TYPE, type Statement } from "./envelope";
import { appendStatement, type Signer } from "./ledger";
import { totalsOf } from "./population";
import { standardSchema } from "./sighting";

export const POPULATION_TYPE = "urn:shipshape:evidence:population:v1";

const time = z.iso.datetime();
const verdict = z.enum(["pass", "fail", "inconclusive"]);
const drill = z.strictObject({ requestId: z.string(), verdict, issuedAt: time });
const count = z.int().min(0);

const memberSchema = z.strictObject({
  identifier: z.string(),
  resourceId: z.string(),
  account: z.string(),
  region: z.string(),
  tier: z.string().nullable(),
  environment: z.string().nullable(),
  drillEveryDays: z.number().min(1),
  firstSeen: time,
  lastSeen: time,
  goneBy: time.nullable(),
  isDrilled: z.boolean(),
  due: z.array(z.strictObject({ dueAt: time, status: z.enum(["done", "late", "missing"]), drill: drill.nullable() })),
  others: z.array(drill.extend({ isDecided: z.boolean() })),
  nextDueAt: time.nullable(),
});

const contentSchema = z.strictObject({
  period: z.strictObject({ from: time, until: time }),
  scopes: z.array(
    z.strictObject({
      account: z.string(),
      region: z.string(),
      firstSighting: time,
      lastSighting: time,
      unseen: z.array(z.strictObject({ from: time, until: time })),
    }),
  ),
  databases: z.array(memberSchema),
  totals: z.strictObject({
    databases: count,
    neverDrilled: count,
    due: count,
    done: count,
    late: count,
    missing: count,
    failed: count,
  }),
  /** What databases were held to, by the sightings of the period, the earliest first; missing in older statements. */
  standards: z.array(standardSchema).optional(),
  /** What could not be read, a sentence each: with any of them the population is incomplete. */
  unread: z.array(z.string()),
  /** How it was determined which databases count, for which time, and when a drill is due. */
  basis: z.array(z.string()),
  /** The head of the log that everything above was read from. */
  restsOn: z.strictObject({ origin: z.string(), treeSize: count, root: z.string() }),
  requestedBy: z.string(),
  toolVersions: z.record(z.string(), z.string()),
});
export type PopulationContent = z.infer<typeof contentSchema>;

const predicateSchema = contentSchema.extend({ issuedAt: time, expiresOn: z.null() });

export interface PopulationStatement {
  id: string;
  content: PopulationContent;
  issuedAt: string;
}

export const populationBasis = [
  "A database counts from the first signed sighting or drill that names it to the last one if a later sighting of its account and Region lacks it, otherwise to the end of the period. One that no sighting names, because it existed between two of them only or before the first, is not known.",
  "A sighting is what the RDS API listed: every PostgreSQL DB instance, declared by a stack or not, without the throwaways of drills.",
  "A drill is due once in each span that the tier of that time sets, counted from when the database was first seen, and again from the last drill in the span that reached a verdict. A pass without proof that its throwaway is gone is no verdict. A drill for a day after the period counts there.",
];

export async function sealPopulation(
  database: Database,
  signer: Signer,
  content: PopulationContent,
  now: Date,
): Promise<PopulationStatement> {
  const issuedAt = now.toISOString();
  const statement: Statement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: subjectName(content), digest: { sha256: digestOf(content) } }],
    predicateType: POPULATION_TYPE,
    predicate: { ...contentSchema.parse(content), issuedAt, expiresOn: null },
  };
  await appendStatement(database, signer, statement);
  return populationIn(statement);
}

/** Throws a plain Error for a statement that is about something else or contradicts itself. */
export function populationIn({ predicateType, predicate, subject: [subject] }: Statement): PopulationStatement {
  if (predicateType !== POPULATION_TYPE) throw new Error(`"${predicateType}" is not a statement about a population`);
  const { issuedAt, expiresOn: _, ...content } = predicateSchema.parse(predicate);
  if (subject.name !== subjectName(content) || subject.digest.sha256 !== digestOf(content))
    throw new Error("its subject is not what it is about");
  const { databases, totals } = content;
  if (canonicalJson(totals) !== canonicalJson(totalsOf(databases)))
    throw new Error("its totals are not those of its databases");
  return { id: `population.${subject.digest.sha256.slice(0, 12)}`, content, issuedAt };
}

const digestOf = (content: PopulationContent) => createHash("sha256").update(canonicalJson(content)).digest("hex");
const subjectName = ({ period: { from, until } }: PopulationContent) => `urn:shipshape:population:${from}/${until}`;
