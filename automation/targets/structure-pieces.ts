/**
 * Pure: what is checked at once, some blocks of a heap or a whole B-tree index, and in which order; amcheck reads no
 * index in part. Which blocks were read is recorded, so that drills together cover what one cannot.
 */
import { pieceBlocks, verifiedBytesMin, verifiedMax } from "./limits";

export interface Relation {
  /** Its oid. */
  id: string;
  /** The number of its file on disk: another one once it was rewritten. */
  file: string;
  name: string;
  kind: "heap" | "index";
  /** From statistics if a lock kept it from being measured. */
  blocks: number;
  blockBytes: number;
  /** Of an index: how many blocks its heap has, if it is compared with that, and so reads it once more. */
  comparedBlocks: number;
  skipped: string | null;
  uncheckable: string | null;
  runsUserCode: boolean;
}

export interface Piece {
  relation: Relation;
  /** The blocks from this one to before `until`. */
  from: number;
  until: number;
}

/** Blocks that were read and are sound, in one file of a relation. A relation that is rewritten gets another file. */
export interface VerifiedFile {
  id: string;
  file: string;
  /** Each from its first block to before its second. */
  blocks: [from: number, until: number][];
}

/** What earlier drills have read. */
export interface VerifiedBefore {
  /** Whether the newest of them left something unread. */
  leftUnread: boolean;
  /** By `fileOf`; the newest first. */
  files: Record<string, { from: number; until: number; at: string }[]>;
}

export const fileOf = ({ id, file }: { id: string; file: string }): string => `${id}/${file}`;

export const bytesOf = ({ relation, from, until }: Piece): number => (until - from) * relation.blockBytes;

/** What its check reads, for the order and for what people are told: an index is compared with its heap. */
export const workOf = (piece: Piece): number =>
  bytesOf(piece) + piece.relation.comparedBlocks * piece.relation.blockBytes;

export function piecesOf(relation: Relation): Piece[] {
  if (relation.kind === "index") return [{ relation, from: 0, until: relation.blocks }];
  // An empty one is checked too: whether it is readable.
  const starts = Array.from({ length: Math.ceil(relation.blocks / pieceBlocks) || 1 }, (_, i) => i * pieceBlocks);
  return starts.map((from) => ({ relation, from, until: Math.min(from + pieceBlocks, relation.blocks) }));
}

/**
 * When the whole piece was last read ("" for never), and how many of its blocks ever were: those by which a relation has
 * grown were not. An index counts from its last check: it is checked whole, and grows all the time.
 */
export function readBefore({ relation, from, until }: Piece, before: VerifiedBefore): { at: string; blocks: number } {
  const read = before.files[fileOf(relation)] ?? [];
  let missing: [number, number][] = [[from, until]];
  let at = "";
  for (const one of read) {
    const rest = missing.flatMap(([start, end]): [number, number][] => [
      [start, Math.min(end, one.from)],
      [Math.max(start, one.until), end],
    ]);
    missing = rest.filter(([start, end]) => start < end);
    at = one.at;
    if (missing.length === 0) break;
  }
  const blocks = missing.reduce((left, [start, end]) => left - (end - start), until - from);
  if (relation.kind === "index") return { at: read[0]?.at ?? "", blocks };
  return { at: missing.length === 0 ? at : "", blocks };
}

/**
 * What was read longest ago comes first. Of those read equally long ago the largest, so that sessions end together; but
 * the smallest if not all fit in the budget, or did not last time, so that a large index that never fits does not use
 * up the budget of every drill.
 */
export function inOrder(pieces: Piece[], before: VerifiedBefore, bytesMax: number): Piece[] {
  const fits = !before.leftUnread && pieces.reduce((sum, piece) => sum + bytesOf(piece), 0) <= bytesMax;
  return pieces
    .map((piece, given) => ({ piece, given, work: workOf(piece), at: readBefore(piece, before).at }))
    .sort((a, b) => a.at.localeCompare(b.at) || (fits ? b.work - a.work : a.work - b.work) || a.given - b.given)
    .map(({ piece }) => piece);
}

/** What the statement says was read; of very many the largest, and nothing small: that is read again by each drill. */
export function verifiedFiles(sound: Piece[]): VerifiedFile[] {
  const files = new Map<Relation, VerifiedFile & { bytes: number }>();
  for (const piece of sound.filter((p) => p.from < p.until).sort((a, b) => a.from - b.from)) {
    const { relation, from, until } = piece;
    const file = files.get(relation) ?? { id: relation.id, file: relation.file, blocks: [], bytes: 0 };
    const last = file.blocks.at(-1);
    if (last?.[1] === from) last[1] = until;
    else file.blocks.push([from, until]);
    file.bytes += bytesOf(piece);
    files.set(relation, file);
  }
  const largest = [...files.values()]
    .filter(({ bytes }) => bytes >= verifiedBytesMin)
    .sort((a, b) => b.bytes - a.bytes);
  let listed = 0;
  const tooMany = largest.findIndex(({ blocks }) => (listed += blocks.length) > verifiedMax);
  return largest.slice(0, tooMany < 0 ? undefined : tooMany).map(({ id, file, blocks }) => ({ id, file, blocks }));
}
