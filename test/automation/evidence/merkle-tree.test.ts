import {
  consistencyProof,
  extendsTree,
  includes,
  inclusionProof,
  innerHash,
  leafHash,
  nodesOver,
  nodesOfAppend,
  rootOf,
  type Hash,
  type NodeReader,
} from "../../../automation/evidence/merkle-tree";

const SIZES = 35; // beyond a complete subtree of 32, with every shape of the right edge
const leaves = Array.from({ length: SIZES }, (_, i) => leafHash(Buffer.from(`statement ${i}`)));

/** The definition of RFC 6962 section 2.1, word for word: what the stored nodes must agree with. */
function naiveRoot(of: Hash[]): Hash {
  if (of.length === 1) return of[0] as Hash;
  let k = 1;
  while (k * 2 < of.length) k *= 2;
  return innerHash(naiveRoot(of.slice(0, k)), naiveRoot(of.slice(k)));
}

const stored = new Map<string, Hash>();
const read: NodeReader = async (nodes) =>
  nodes.map((n) => {
    const hash = stored.get(`${n.level}/${n.index}`);
    if (!hash) throw new Error(`node ${n.level}/${n.index} was never written`);
    return hash;
  });

beforeAll(async () => {
  for (const [i, leaf] of leaves.entries()) {
    for (const n of await nodesOfAppend(i, leaf, read)) {
      expect(stored.has(`${n.level}/${n.index}`)).toBe(false); // written once, never changed
      stored.set(`${n.level}/${n.index}`, n.hash);
    }
  }
});

test("RFC 6962's own test vectors hold", () => {
  // Certificate Transparency's reference tests: the empty leaf, and the one-byte leaf 0x00.
  expect(leafHash(Buffer.alloc(0)).toString("hex")).toBe(
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  );
  expect(leafHash(Buffer.of(0)).toString("hex")).toBe(
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
  );
});

test("every root computed from stored nodes equals the root by definition", async () => {
  for (let size = 1; size <= SIZES; size++)
    expect((await rootOf(size, read)).equals(naiveRoot(leaves.slice(0, size)))).toBe(true);
});

test("every leaf of every tree is proved, and no other leaf or position is", async () => {
  for (let size = 1; size <= SIZES; size++) {
    const root = await rootOf(size, read);
    for (let i = 0; i < size; i++) {
      const proof = await inclusionProof(i, size, read);
      expect(includes(root, size, i, leaves[i] as Hash, proof)).toBe(true);
      expect(includes(root, size, i, leafHash(Buffer.from("forged")), proof)).toBe(false);
      if (size > 1) expect(includes(root, size, (i + 1) % size, leaves[i] as Hash, proof)).toBe(false);
      expect(includes(root, size, i, leaves[i] as Hash, [...proof, root])).toBe(false);
      if (proof.length) expect(includes(root, size, i, leaves[i] as Hash, proof.slice(1))).toBe(false);
    }
  }
});

test("every older tree is proved to be a prefix of every newer one, and a rewritten one is not", async () => {
  for (let older = 0; older <= SIZES; older++) {
    for (let newer = older; newer <= SIZES; newer++) {
      const [a, b, proof] = [
        await rootOf(older, read),
        await rootOf(newer, read),
        await consistencyProof(older, newer, read),
      ];
      expect(extendsTree(older, a, newer, b, proof)).toBe(true);
      expect(extendsTree(older, leafHash(a), newer, b, proof)).toBe(false);
      if (older > 0) expect(extendsTree(older, a, newer, leafHash(b), proof)).toBe(false);
      if (proof.length) expect(extendsTree(older, a, newer, b, proof.slice(0, -1))).toBe(false);
    }
  }
});

describe("what a stranger claims", () => {
  const nothing: Hash[] = [];

  test.each([-1, 0.5, Number.NaN, Infinity, 2 ** 53, 3, 4])(
    "leaf %d of a tree of 3 is proved by nothing",
    async (index) => {
      const root = await rootOf(3, read);
      for (const proof of [nothing, await inclusionProof(0, 3, read), await inclusionProof(2, 3, read)])
        expect(includes(root, 3, index, leaves[0]!, proof)).toBe(false);
      await expect(inclusionProof(index, 3, read)).rejects.toThrow(`leaf ${index} is not in a tree of 3`);
    },
  );

  test.each([-1, 0, 0.5, Number.NaN, Infinity, 2 ** 53])("a tree of %d has no leaf", (size) => {
    expect(includes(leaves[0]!, size, 0, leaves[0]!, nothing)).toBe(false);
  });

  test.each([
    [-1, 3],
    [4, 3],
    [0.5, 3],
    [Number.NaN, 3],
    [1, Number.NaN],
    [1, 2 ** 53],
    [3, 2.5],
  ])("a tree of %d does not precede one of %d", async (older, newer) => {
    const root = await rootOf(3, read);
    expect(extendsTree(older, root, newer, root, nothing)).toBe(false);
    await expect(consistencyProof(older, newer, read)).rejects.toThrow(
      `a tree of ${older} cannot precede one of ${newer}`,
    );
  });

  test("a proof longer than needed proves nothing, for equal trees and for the empty one too", async () => {
    const [three, none] = [await rootOf(3, read), await rootOf(0, read)];
    expect(extendsTree(3, three, 3, three, [three])).toBe(false);
    expect(extendsTree(3, three, 3, leaves[0]!, nothing)).toBe(false);
    expect(extendsTree(0, none, 3, three, [three])).toBe(false);
    expect(extendsTree(0, three, 3, three, nothing)).toBe(false);
    expect(await consistencyProof(3, 3, read)).toEqual([]);
    expect(await consistencyProof(0, 3, read)).toEqual([]);
  });

  test("nodes over leaves end where the leaves end", async () => {
    const nodes = nodesOver(leaves.slice(0, 3));
    expect(await nodes([{ level: 1, index: 0 }])).toEqual([innerHash(leaves[0]!, leaves[1]!)]);
    for (const [level, index] of [
      [0, 3],
      [1, 1],
      [9, 0],
    ] as const)
      await expect(nodes([{ level, index }])).rejects.toThrow(`the tree of 3 leaves has no node ${level}/${index}`);
  });
});
