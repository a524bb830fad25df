/**
 * The Merkle tree of RFC 6962, as write-once nodes.
 *
 * A node (level, index) is the hash of the complete subtree over leaves [index·2^level, (index+1)·2^level). Appending
 * leaf n writes that leaf and every subtree it completes: at most log2(n)+1 nodes. Roots and proofs of any size are
 * then computed from O(log n) stored nodes, so a log of millions of statements costs the same to extend as a small one,
 * and old roots stay computable.
 *
 * Source: RFC 6962 section 2.1 (tree hash, audit path, consistency proof).
 */
import { createHash } from "node:crypto";

export type Hash = Buffer;

export interface Node {
  level: number;
  index: number;
  hash: Hash;
}

/** Returns the hashes of stored nodes, in the requested order. Throws if one is missing: the log is then damaged. */
export type NodeReader = (nodes: { level: number; index: number }[]) => Promise<Hash[]>;

const sha256 = (...parts: Uint8Array[]): Hash => parts.reduce((h, p) => h.update(p), createHash("sha256")).digest();

/** Leaves and inner nodes are hashed with different prefixes, so that neither can pass for the other. */
export const leafHash = (data: Uint8Array): Hash => sha256(Buffer.of(0), data);
export const innerHash = (left: Hash, right: Hash): Hash => sha256(Buffer.of(1), left, right);
export const emptyRoot = (): Hash => sha256();

/** The nodes that appending a leaf at `index` adds: the leaf, then each subtree it completes, lowest first. */
export async function nodesOfAppend(index: number, leaf: Hash, read: NodeReader): Promise<Node[]> {
  const added: Node[] = [{ level: 0, index, hash: leaf }];
  const lefts: { level: number; index: number }[] = [];
  for (let level = 0, i = index; i % 2 === 1; level++, i = (i - 1) / 2) lefts.push({ level, index: i - 1 });
  const hashes = await read(lefts);
  for (const [k, left] of lefts.entries()) {
    const right = added[k] as Node;
    added.push({ level: left.level + 1, index: left.index / 2, hash: innerHash(hashes[k] as Hash, right.hash) });
  }
  return added;
}

/**
 * The complete subtrees that cover leaves [begin, end), left to right. `begin` is a multiple of the largest subtree's
 * width.
 */
function coverOf(begin: number, end: number): { level: number; index: number }[] {
  const cover: { level: number; index: number }[] = [];
  for (let at = begin; at < end;) {
    const level = Math.floor(Math.log2(end - at));
    cover.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return cover;
}

/**
 * The hash of leaves [begin, end): its complete subtrees folded from the right, as RFC 6962 splits at the largest power
 * of two.
 */
async function rangeHash(begin: number, end: number, read: NodeReader): Promise<Hash> {
  const hashes = await read(coverOf(begin, end));
  return hashes.reduceRight((right, left) => innerHash(left, right));
}

/** Every complete subtree over these leaves, by level. */
function levelsOver(leaves: Hash[]): Hash[][] {
  const levels = [leaves];
  for (let below = leaves; below.length > 1; levels.push(below))
    below = Array.from({ length: Math.floor(below.length / 2) }, (_, i) =>
      innerHash(below[2 * i] as Hash, below[2 * i + 1] as Hash),
    );
  return levels;
}

/** The nodes that appending the leaves from `size` on to the first `size` of them adds. */
export const nodesAdded = (size: number, leaves: Hash[]): Node[] =>
  levelsOver(leaves).flatMap((hashes, level) => {
    const first = Math.floor(size / 2 ** level);
    return hashes.slice(first).map((hash, i) => ({ level, index: first + i, hash }));
  });

/** Reads the nodes of a tree given by all its leaves. */
export function nodesOver(leaves: Hash[]): NodeReader {
  const levels = levelsOver(leaves);
  return async (nodes) =>
    nodes.map(({ level, index }) => {
      const hash = levels[level]?.[index];
      if (!hash) throw new Error(`the tree of ${leaves.length} leaves has no node ${level}/${index}`);
      return hash;
    });
}

/** A complete subtree; those that cover a tree, left to right, are all that appending to it and its root need. */
export interface Subtree {
  level: number;
  hash: Hash;
}

/** The subtrees over one leaf more. */
export function withLeaf(subtrees: readonly Subtree[], leaf: Hash): Subtree[] {
  const kept = [...subtrees];
  let last: Subtree = { level: 0, hash: leaf };
  for (let left = kept.at(-1); left?.level === last.level; left = kept.at(-1)) {
    kept.pop();
    last = { level: last.level + 1, hash: innerHash(left.hash, last.hash) };
  }
  return [...kept, last];
}

export const rootOver = (subtrees: readonly Subtree[]): Hash =>
  subtrees.length === 0
    ? emptyRoot()
    : subtrees.map(({ hash }) => hash).reduceRight((right, left) => innerHash(left, right));

const isCount = (n: number) => Number.isSafeInteger(n) && n >= 0;

/** The root of the first `size` leaves. */
export const rootOf = (size: number, read: NodeReader): Promise<Hash> =>
  size === 0 ? Promise.resolve(emptyRoot()) : rangeHash(0, size, read);

/** The largest power of two smaller than `width` (width ≥ 2). */
function splitOf(width: number): number {
  return 2 ** Math.ceil(Math.log2(width) - 1);
}

/** PATH(index, D[size]): the hashes that lead from a leaf to the root, lowest first. */
export async function inclusionProof(index: number, size: number, read: NodeReader): Promise<Hash[]> {
  if (!isCount(index) || !isCount(size) || index >= size)
    throw new RangeError(`leaf ${index} is not in a tree of ${size}`);
  const path: Promise<Hash>[] = [];
  for (let begin = 0, end = size; end - begin > 1;) {
    const middle = begin + splitOf(end - begin);
    const inLeft = index < middle;
    path.unshift(inLeft ? rangeHash(middle, end, read) : rangeHash(begin, middle, read));
    if (inLeft) end = middle;
    else begin = middle;
  }
  return Promise.all(path);
}

/**
 * PROOF(older, D[newer]): the hashes that show the older tree to be a prefix of the newer. Empty for equal sizes and
 * for 0.
 */
export async function consistencyProof(older: number, newer: number, read: NodeReader): Promise<Hash[]> {
  if (!isCount(older) || !isCount(newer) || older > newer)
    throw new RangeError(`a tree of ${older} cannot precede one of ${newer}`);
  if (older === 0 || older === newer) return [];
  const proof: Promise<Hash>[] = [];
  let [begin, end, whole] = [0, newer, true]; // whole: the older tree is still a complete subtree from the left edge
  for (let at = older; at !== end - begin;) {
    const half = splitOf(end - begin);
    if (at <= half) {
      proof.unshift(rangeHash(begin + half, end, read));
      end = begin + half;
    } else {
      proof.unshift(rangeHash(begin, begin + half, read));
      begin += half;
      at -= half;
      whole = false;
    }
  }
  if (!whole) proof.unshift(rangeHash(begin, end, read));
  return Promise.all(proof);
}

/** Whether `proof` leads from the leaf at `index` to `root` in a tree of `size`. Needs nothing but its arguments. */
export function includes(root: Hash, size: number, index: number, leaf: Hash, proof: Hash[]): boolean {
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = innerHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      hash = innerHash(hash, sibling);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && hash.equals(root);
}

/**
 * Whether `proof` shows the tree (newer, newerRoot) to be the tree (older, olderRoot) with leaves appended and none
 * changed.
 */
export function extendsTree(older: number, olderRoot: Hash, newer: number, newerRoot: Hash, proof: Hash[]): boolean {
  if (!isCount(older) || !isCount(newer) || older > newer) return false;
  if (older === newer) return proof.length === 0 && olderRoot.equals(newerRoot);
  if (older === 0) return proof.length === 0 && olderRoot.equals(emptyRoot());
  let [node, last] = [older - 1, newer - 1];
  while (node % 2 === 1) [node, last] = [(node - 1) / 2, Math.floor(last / 2)];
  const rest = [...proof];
  const start = node === 0 ? olderRoot : rest.shift(); // a complete older tree is its own first hash
  if (!start) return false;
  let [fromOlder, fromNewer] = [start, start];
  for (const hash of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      [fromOlder, fromNewer] = [innerHash(hash, fromOlder), innerHash(hash, fromNewer)];
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      fromNewer = innerHash(fromNewer, hash);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && fromOlder.equals(olderRoot) && fromNewer.equals(newerRoot);
}
