/** Publishes the log as it grows: statements first, then a head that covers them. At least once, and never otherwise. */
import type { Database } from "../database";
import { describeError, ShipshapeError } from "../errors";
import { printable } from "../printable";
import { openCheckpointBy, type KeyHistory } from "./key-history";
import { headsComparedMax, publicationForgottenDays, statementsPublishedMax } from "./limits";
import { headOf, historyOf, latestCheckpoint, treeOf, type Head, type KnownLog } from "./log-head";
import { consistencyProof, extendsTree, inclusionProof, includes, leafHash, type NodeReader } from "./merkle-tree";
import type { PublicationTarget } from "../publication-records";
import { checkpointName, publishedNames, statementName } from "./publication";

interface Page {
  head: Head;
  from: number;
  envelopes: string[];
}

export class Publisher {
  /** How much of the log is known to be published; undefined until the published heads were compared with the log. */
  private size: number | undefined;
  private recorded = "";

  constructor(
    private readonly database: Database,
    private readonly log: KnownLog,
    private readonly target: PublicationTarget,
  ) {}

  get published(): number {
    return this.size ?? 0;
  }

  /**
   * Publishes the next statements. Resolves to whether there are more. Errors: evidence-publication-differs,
   * evidence-publication-unusable, evidence-publication-invalid, evidence-log-damaged.
   */
  async publishMore(): Promise<boolean> {
    try {
      const size = this.size ?? (await this.compare());
      const latest = await latestCheckpoint(this.database);
      if (!latest || latest.size === size) {
        await this.record(size);
        return false;
      }
      const page = await this.read(size);
      for (const [i, envelope] of page.envelopes.entries()) await this.createStatement(page.from + i, envelope);
      const published = page.from + page.envelopes.length;
      const isWhole = published === page.head.checkpoint.size;
      if (isWhole) await this.createCheckpoint(page.head);
      this.size = published;
      await this.record(published);
      return !isWhole;
    } catch (error) {
      await this.record(this.size ?? 0, error);
      throw error;
    }
  }

  /** A log that is shorter than what was published of it, or another one, is published no further. */
  private async compare(): Promise<number> {
    const names = await publishedNames(this.target, "checkpoints");
    const notes: string[] = [];
    for (const { name } of names.slice(-headsComparedMax))
      notes.push((await this.target.read("checkpoints", name)).toString());
    return (this.size = await this.inSnapshot(async (t, history, head) => {
      const heads = notes.flatMap((note) => openedBy(note, this.log.origin, history));
      if (names.length > 0 && heads.length === 0)
        throw this.differs("none of its newest heads is signed by a key of this log");
      const newest = heads.sort((a, b) => a.size - b.size).at(-1);
      const size = head?.checkpoint.size ?? 0;
      if (!newest) return 0;
      if (!head || newest.size > size)
        throw this.differs(`${newest.size} statements were published, and the log has ${size} now`);
      const tree = await treeOf(t, head.checkpoint, history);
      for (const { size: older, root } of heads)
        if (!extendsTree(older, root, size, head.checkpoint.root, await consistencyProof(older, size, tree)))
          throw this.differs(`its first ${older} statements are not those that were published`);
      return newest.size;
    }));
  }

  private read(from: number): Promise<Page> {
    return this.inSnapshot(async (t, history, head) => {
      if (!head || head.checkpoint.size < from)
        throw this.differs(`${from} statements were published, and the log has ${head?.checkpoint.size ?? 0} now`);
      const tree = await treeOf(t, head.checkpoint, history);
      const end = Math.min(head.checkpoint.size, from + statementsPublishedMax);
      return { head, from, envelopes: await envelopesUnder(t, head, tree, from, end) };
    });
  }

  private inSnapshot<T>(work: (t: Database, history: KeyHistory, head: Head | undefined) => Promise<T>): Promise<T> {
    return this.database.transaction(async (t) => {
      await t.query("set transaction isolation level repeatable read, read only");
      const history = await historyOf(t, this.log);
      return work(t, history, await headOf(t, this.log.origin, history));
    });
  }

  private async createStatement(position: number, envelope: string): Promise<void> {
    const bytes = Buffer.from(envelope);
    await this.createSame("statements", statementName(position, leafHash(bytes)), bytes);
  }

  private createCheckpoint({ note, checkpoint }: Head): Promise<void> {
    return this.createSame("checkpoints", checkpointName(checkpoint.size, note), Buffer.from(note));
  }

  /** Its name is that of its content: one that exists with other content was altered. */
  private async createSame(kind: "statements" | "checkpoints", name: string, bytes: Buffer): Promise<void> {
    if (await this.target.create(kind, name, bytes)) return;
    if (!(await this.target.read(kind, name)).equals(bytes)) throw this.differs(`${kind}/${name} was altered`);
  }

  private differs(reason: string): ShipshapeError {
    const { name } = this.target;
    return new ShipshapeError("evidence-publication-differs", {
      origin: this.log.origin,
      target: printable(name),
      reason,
    });
  }

  /** Passes are made every few seconds: what stays the same is recorded once a minute. */
  private async record(size: number, error?: unknown): Promise<void> {
    const failure = error === undefined ? null : JSON.stringify(describeError(error));
    const state = `${size} ${failure} ${Math.floor(Date.now() / 60_000)}`;
    if (state === this.recorded) return;
    await this.database.query(
      `insert into evidence_publication (target, size, error) values ($1, $2, $3)
       on conflict (target) do update set size = greatest(evidence_publication.size, excluded.size), error = excluded.error,
         seen_at = clock_timestamp()`,
      [this.target.name, size, failure],
    );
    this.recorded = state;
  }
}

export interface Publication {
  target: string;
  size: number;
  error: { code: string; message: string } | null;
  /** When a publisher last looked at it. */
  seenAt: Date;
}

/** How far the log is published, and what prevents the rest; a place that nobody publishes to any more is left out. */
export async function publications(database: Database): Promise<Publication[]> {
  const rows = await database.query<Omit<Publication, "size"> & { size: string }>(
    `select target, size, error, seen_at as "seenAt" from evidence_publication
     where seen_at > clock_timestamp() - make_interval(days => $1) order by target`,
    [publicationForgottenDays],
  );
  return rows.map((row) => ({ ...row, size: Number(row.size) }));
}

function openedBy(note: string, origin: string, history: KeyHistory) {
  try {
    return [openCheckpointBy(note, origin, history)];
  } catch {
    return []; // not a head of this log
  }
}

/** The envelopes at these positions: of several rows for one position, that which the signed head covers. */
async function envelopesUnder(
  t: Database,
  { checkpoint: { size, root } }: Head,
  tree: NodeReader,
  from: number,
  end: number,
): Promise<string[]> {
  const rows = await t.query<{ log_index: string; envelope: string }>(
    "select log_index, envelope from evidence where log_index >= $1 and log_index < $2 order by log_index, row_id",
    [from, end],
  );
  const found = new Map<number, string>();
  for (const { log_index, envelope } of rows) {
    const position = Number(log_index);
    if (found.has(position)) continue;
    const proof = await inclusionProof(position, size, tree);
    if (includes(root, size, position, leafHash(Buffer.from(envelope)), proof)) found.set(position, envelope);
  }
  return Array.from({ length: end - from }, (_, i) => {
    const envelope = found.get(from + i);
    if (envelope === undefined)
      throw new ShipshapeError("evidence-log-damaged", {
        reason: `the statement at position ${from + i} is missing or was altered`,
      });
    return envelope;
  });
}
