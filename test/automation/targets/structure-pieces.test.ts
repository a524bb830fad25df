import {
  inOrder,
  piecesOf,
  readBefore,
  verifiedFiles,
  type Piece,
  type Relation,
  type VerifiedBefore,
} from "../../../automation/targets/structure-pieces";

jest.mock("../../../automation/targets/limits", () => ({
  pieceBlocks: 100,
  verifiedMax: 3,
  verifiedBytesMin: 10,
}));

const relation = (id: string, blocks: number, more: Partial<Relation> = {}): Relation => ({
  id,
  file: id,
  name: id,
  kind: "heap",
  blocks,
  blockBytes: 1,
  comparedBlocks: 0,
  skipped: null,
  uncheckable: null,
  runsUserCode: false,
  ...more,
});
const index = (id: string, blocks: number) => relation(id, blocks, { kind: "index" });
const spans = (pieces: Piece[]) => pieces.map((p) => `${p.relation.id} ${p.from}-${p.until}`);
const before = (files: VerifiedBefore["files"], leftUnread = true): VerifiedBefore => ({ leftUnread, files });
const [monday, tuesday] = ["2026-03-02T00:00:00.000Z", "2026-03-03T00:00:00.000Z"];

test("a heap is read in pieces, which cover each block once; an index and an empty heap in one", () => {
  expect(spans(piecesOf(relation("a", 250)))).toEqual(["a 0-100", "a 100-200", "a 200-250"]);
  expect(spans(piecesOf(relation("a", 200)))).toEqual(["a 0-100", "a 100-200"]);
  expect(spans(piecesOf(relation("a", 0)))).toEqual(["a 0-0"]);
  expect(spans(piecesOf(index("i", 250)))).toEqual(["i 0-250"]);
});

describe("what earlier drills have read of a piece", () => {
  const piece = { relation: relation("a", 300), from: 100, until: 200 };
  const read = (...ranges: [number, number, string][]) =>
    readBefore(piece, before({ "a/a": ranges.map(([from, until, at]) => ({ from, until, at })) }));

  test("is as old as its oldest part, and a newer reading replaces an older one", () => {
    expect(read([0, 300, monday])).toEqual({ at: monday, blocks: 100 });
    expect(read([100, 150, tuesday], [0, 300, monday])).toEqual({ at: monday, blocks: 100 });
    expect(read([0, 300, tuesday], [0, 300, monday])).toEqual({ at: tuesday, blocks: 100 });
  });

  test("is not all of it if a block in the middle, or the blocks that the table has grown by, were never read", () => {
    expect(read([100, 149, tuesday], [150, 200, monday])).toEqual({ at: "", blocks: 99 });
    expect(read([0, 180, monday])).toEqual({ at: "", blocks: 80 });
    expect(read([0, 100, monday], [200, 300, monday])).toEqual({ at: "", blocks: 0 });
    expect(read()).toEqual({ at: "", blocks: 0 });
  });

  test("is nothing once the relation was rewritten, or another one has its file", () => {
    const all = before({ "a/a": [{ from: 0, until: 300, at: monday }] });
    for (const other of [relation("a", 300, { file: "b" }), relation("b", 300, { file: "a" })])
      expect(readBefore({ relation: other, from: 0, until: 300 }, all)).toEqual({ at: "", blocks: 0 });
  });

  test("of an index that has grown is what it had when it was last checked, whole", () => {
    const all = before({ "i/i": [{ from: 0, until: 200, at: tuesday }, { from: 0, until: 100, at: monday }] }); // prettier-ignore
    expect(readBefore({ relation: index("i", 300), from: 0, until: 300 }, all)).toEqual({ at: tuesday, blocks: 200 });
  });
});

describe("the order", () => {
  const all = [relation("a", 150), index("i", 220), relation("b", 20)].flatMap(piecesOf);
  const ordered = (given: VerifiedBefore, bytesMax = 1000) => spans(inOrder(all, given, bytesMax));

  test("is the largest first if all fit in the budget, and did the last time", () => {
    expect(ordered(before({}, false))).toEqual(["i 0-220", "a 0-100", "a 100-150", "b 0-20"]);
  });

  test("is the smallest first if not: an index that fits in no budget uses up none", () => {
    const smallestFirst = ["b 0-20", "a 100-150", "a 0-100", "i 0-220"];
    expect(ordered(before({}, false), 300)).toEqual(smallestFirst);
    expect(ordered(before({}, true))).toEqual(smallestFirst);
  });

  test("takes an index for as large as what its check reads: it is compared with its heap", () => {
    const compared = piecesOf({ ...index("j", 5), comparedBlocks: 150 });
    expect(spans(inOrder([...all, ...compared], before({}, false), 1000))).toEqual([
      "i 0-220",
      "j 0-5",
      "a 0-100",
      "a 100-150",
      "b 0-20",
    ]);
  });

  test("begins with what was never read, then what was read longest ago, whatever its size", () => {
    const files = {
      "a/a": [{ from: 0, until: 150, at: tuesday }],
      "b/b": [{ from: 0, until: 20, at: monday }],
    };
    expect(ordered(before(files))).toEqual(["i 0-220", "b 0-20", "a 100-150", "a 0-100"]);
  });
});

describe("what a statement lists as read", () => {
  const a = piecesOf(relation("a", 450));
  test("is in ranges that are joined, whatever the order of reading", () => {
    expect(verifiedFiles([a[3]!, a[1]!, a[0]!])).toEqual([{ id: "a", file: "a", blocks: [[0, 200], [300, 400]] }]); // prettier-ignore
  });
  test("is the largest relations of very many, and none of the small", () => {
    const pieces = [relation("b", 9), relation("c", 50), relation("d", 60), relation("e", 40)].flatMap(piecesOf);
    expect(verifiedFiles(pieces).map(({ id }) => id)).toEqual(["d", "c", "e"]);
    expect(verifiedFiles([...pieces, a[0]!, a[2]!]).map(({ id }) => id)).toEqual(["a", "d"]);
  });
});
