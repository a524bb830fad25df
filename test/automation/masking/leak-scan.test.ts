import { LeakIndex } from "../../../automation/masking/leak-index";
import { LeakScan } from "../../../automation/masking/leak-scan";

const chunk = (rows: string[][]) => new Uint8Array(Buffer.from(rows.map((row) => `${row.join("\t")}\n`).join("")));

/** A scan that has learnt these values of `app.people.name`. */
function scanOf(values: string[], isShort = false): LeakScan {
  const scan = new LeakScan();
  const column = scan.addColumn("app.people.name", isShort);
  const rows = chunk(values.map((value) => [value]));
  scan.learn([column], rows);
  scan.endLearning();
  return scan;
}

/** How often the values are met in a field of a copy. */
function metIn(scan: LeakScan, ...fields: string[]): number {
  const places = fields.map((_, at) => `app.copy.c${at}`);
  scan.searchRows(places, [], chunk([fields]));
  return scan.report().hits.reduce((sum, { count }) => sum + count, 0);
}

const real = [
  "Zoë Quillfeather",
  "quill.feather@mail.example",
  "+49 (171) 555-0199-77",
  "12 Marrowbone Lane",
  "Ünal Öztürkçe",
];

test.each([
  ["as it was", "quill.feather@mail.example"],
  ["in capitals", "QUILL.FEATHER@MAIL.EXAMPLE"],
  ["inside a word", "xxquill.feather@mail.exampleyy"],
  ["inside a text", "please call Zoe  Quillfeather back"],
  ["with accents", "zoë quillfeather"],
  ["without its accents", "UNAL OZTURKCE"],
  ["in JSON", '{"who": "Zo\\\\u00eb Quillfeather"}'],
  ["in an address of the web", "https://a.example/?q=Zo%C3%AB+Quillfeather"],
  ["in HTML", "<b>Zo&#235; Quillfeather</b>"],
  ["in base64", Buffer.from("user Zoë Quillfeather logged in").toString("base64")],
  ["as bytes", `\\\\x${Buffer.from("quill.feather@mail.example").toString("hex")}`],
  ["by the first part of an address", "the login is quill.feather today"],
  ["as a number without blanks", "call 49171555019977 now"],
  ["beside punctuation", "(12 Marrowbone Lane)"],
])("a value is found %s", (_, field) => {
  expect(metIn(scanOf(real), "1", field)).toBeGreaterThan(0);
});

test.each([
  ["another name", "Zoe Quillfinch"],
  ["a longer number in front", "112 Marrowbone Lane"],
  ["a longer word behind", "12 Marrowbone Lanes"],
  ["a part of the number", "1715550199"],
  ["two fields that only together are a value", "12 Marrow\tbone Lane"],
])("nothing is found in %s", (_, field) => {
  expect(metIn(scanOf(real), ...field.split("\t"))).toBe(0);
});

test("a value of more than its searched bytes is found, wherever it stands", () => {
  const long = Array.from({ length: 60 }, (_, at) => `word${at}`).join("");
  const scan = scanOf([long]);
  expect(metIn(scan, `it says ${long} in the middle`)).toBe(1);
  expect(metIn(scanOf([long]), `it says word0${long.slice(6)}`)).toBe(0);
});

test("a hit says where it is and which column it is of, and never what it is", () => {
  const scan = scanOf(real);
  scan.searchRows(["app.copy.id", "app.copy.note"], [], chunk([["1", "call Zoe Quillfeather"]]));
  scan.searchDefinition({ kind: "comment", name: "on table app.copy", text: "made for Zoë Quillfeather" });
  const report = scan.report();
  expect(report.hits).toEqual([
    { place: "app.copy.note", column: "app.people.name", arm: "value", count: 1 },
    {
      place: "comment on table app.copy",
      column: "app.people.name",
      arm: "definition",
      count: 1,
    },
  ]);
  expect(JSON.stringify(report)).not.toMatch(/quill|feather/i);
  expect(report.searched).toMatchObject({ columns: 1, definitions: 1, rawFiles: "not reachable" });
});

test("short values and those of few different ones are not searched for, and the report says so", () => {
  expect(scanOf(["Bob", "May", "1985-04-12", "12.50"]).report().leftOut).toEqual([
    { column: "app.people.name", reason: "short" },
  ]);
  const cities = Array.from({ length: 1000 }, (_, at) => ["Frankfurt", "Regensburg", "Heidelberg"][at % 3]!);
  const scan = scanOf(cities);
  expect(scan.report().leftOut).toEqual([{ column: "app.people.name", reason: "low-entropy" }]);
  expect(metIn(scan, "Frankfurt am Main")).toBe(0);
});

test("an address or number is searched for however often it is repeated, and so is a word of many", () => {
  const orders = Array.from({ length: 1000 }, (_, at) => `buyer${at % 50}@mail.example`);
  const scan = scanOf(orders);
  expect(metIn(scan, "from buyer17@mail.example")).toBe(1);
  expect(scan.report().leftOut).toEqual([{ column: "app.people.name", reason: "low-entropy" }]);
  const phones = scanOf(Array.from({ length: 1000 }, (_, at) => `+49 171 55501${10 + (at % 50)}`));
  expect(metIn(phones, "491715550123")).toBe(1);
  const names = scanOf(Array.from({ length: 120_000 }, (_, at) => `Quill Feather${at % 6000}`));
  expect(metIn(names, "Quill Feather17 called")).toBe(1);
  expect(names.report().leftOut).toEqual([]);
});

test("values that are few among many short ones are searched for", () => {
  const scan = scanOf(Array.from({ length: 2000 }, (_, at) => (at % 100 === 0 ? `Quillfeather ${at}` : "Bob")));
  expect(metIn(scan, "see Quillfeather 1700")).toBe(1);
});

test("several searches with what one has learnt report what one search of everything reports, in any order", () => {
  const values = Array.from({ length: 6000 }, (_, at) => [
    `Quill Feather${at}`,
    at % 3 ? `buyer${at}@mail.example` : "\\N",
    String(100_000_000 + at * 17),
    ["Frankfurt", "Regensburg"][at % 2]!,
  ]);
  const learnt = () => {
    const scan = new LeakScan();
    const numbers = ["name", "email", "phone", "city"].map((name) => scan.addColumn(`t.${name}`, false));
    scan.learn(numbers, chunk(values));
    return { scan, learnt: scan.endLearning() };
  };
  const places = ["app.copy.id", "app.copy.note", "app.copy.number"];
  const rows = (from: number) =>
    chunk(
      Array.from({ length: 500 }, (_, at) => [
        String(at),
        `asked Quill Feather${(from + at) * 7} of buyer${from + at}@mail.example in Frankfurt`,
        String(100_000_000 + (from + at) * 34),
      ]),
    );
  const parts = [0, 500, 1000, 1500].map(rows);
  const alone = learnt().scan;
  for (const part of parts) alone.searchRows(places, [], part);
  const shared = learnt().learnt;
  const searches = [new LeakScan(shared), new LeakScan(structuredClone(shared))];
  parts.reverse().forEach((part, at) => searches[at % 2]!.searchRows(places, [], part));
  const together = new LeakScan(shared);
  for (const search of searches) together.include(search.found());
  expect(together.report()).toEqual(alone.report());
  expect(alone.report().hits.length).toBeGreaterThan(2);
  expect(metIn(together, "from buyer5998@mail.example")).toBeGreaterThan(metIn(alone, "from nobody@mail.example"));
});

test("chance hits of short numbers explain no hit of a long one", () => {
  const short = Array.from({ length: 50_000 }, (_, at) => String(100_000_000 + ((at * 48_271) % 900_000_000)));
  const scan = scanOf([...short, "49171555019977123"]);
  for (let at = 0; at < 50_000; at++)
    scan.searchRows(["app.copy.n"], [], chunk([[String(100_000_000 + ((at * 7919 * 13 + 5) % 900_000_000))]]));
  scan.searchRows(["app.copy.card"], [], chunk([["49171555019977123"]]));
  const { hits, chance } = scan.report();
  expect(chance.find(({ column }) => column === "numbers of 9 digits")!.bound).toBeGreaterThan(0);
  expect(hits.map(({ place }) => place)).toContain("app.copy.card (as a number)");
});

test("each value inside of an array or a document is searched for, and a key of a document is none", () => {
  const scan = new LeakScan();
  const numbers = [scan.addColumn("t.a", false, "array"), scan.addColumn("t.d", false, "document")];
  const rows = chunk([
    ['{"Zoe Quillfeather",NULL,short}', String.raw`{"customerName": {"x": ["12 Marrowbone\\u0020Lane", "\\q"]}}`],
  ]);
  scan.learn(numbers, rows);
  scan.endLearning();
  expect(metIn(scan, "for Zoe Quillfeather")).toBe(1);
  expect(metIn(scan, "12 Marrowbone Lane")).toBe(2);
  expect(metIn(scan, "customerName")).toBe(2);
});

test("as many values at their old place as chance explains are none, and more are a hit", () => {
  const scan = scanOf([], true);
  scan.comparePosition("app.people.state", 110, 100);
  scan.comparePosition("app.people.plan", 900, 100);
  scan.comparePosition("app.people.flag", 1, 0);
  expect(scan.report().hits.map(({ place, arm }) => `${place} ${arm}`)).toEqual([
    "app.people.plan position",
    "app.people.flag position",
  ]);
});

test("numbers that chance explains are reported as such, and no hit", () => {
  const random = (seed: number) => String(1e9 + ((seed * 48_271 * 7919) % 9e9)).slice(0, 9);
  const scan = scanOf(Array.from({ length: 20_000 }, (_, at) => random(at)));
  for (let at = 0; at < 20_000; at++) scan.searchRows(["app.copy.number"], [], chunk([[random(at * 3 + 1_000_003)]]));
  const { chance, hits } = scan.report();
  expect(chance[0]!.expected).toBeGreaterThan(0.1);
  expect(hits.length > 0).toBe(chance[0]!.seen > chance[0]!.bound);
});

test("of a hundred thousand values each is found in a long text, and none of a hundred thousand others", () => {
  const index = new LeakIndex();
  const value = (at: number, of: string) => Buffer.from(`${of}${(at * 2654435761) % 4294967291}.${at}@example.test`);
  const all = Array.from({ length: 100_000 }, (_, at) => value(at, "real"));
  for (const bytes of all) {
    index.measure(bytes, 0, bytes.length);
    index.note(bytes, 0, bytes.length);
    index.add(index.high, index.low, 0);
  }
  const met = (texts: Buffer[]) => {
    const text = Buffer.concat(texts.flatMap((one) => [Buffer.from(" lorem,"), one]));
    const found = new Set<number>();
    index.search(text, 0, text.length, (at) => found.add(at));
    return found.size;
  };
  expect(met(all)).toBe(100_000);
  expect(met(all.map((_, at) => value(at, "mask")))).toBe(0);
});

test("a text is found to have exactly the values that comparing every position with each of them finds", () => {
  let state = 20_261_128;
  const next = (most: number) => (state = (state * 48_271) % 2_147_483_647) % most;
  const letters = [..."aab1@ .Z\u00e9-"];
  const random = (length: number) => Array.from({ length }, () => letters[next(letters.length)]!).join("");
  const starts = [random(9), random(20), "https://aa.b1/", random(70)];
  const values = Array.from({ length: 300 }, () => (next(2) ? starts[next(4)]! : "") + random(8 + next(40)));
  const stored = values.map((value) => Buffer.from(value.trim().padStart(8, "x")));
  const index = new LeakIndex();
  for (const bytes of stored) {
    index.measure(bytes, 0, bytes.length);
    index.note(bytes, 0, bytes.length);
    index.add(index.high, index.low, 0);
  }
  const isWord = (byte: number) =>
    byte >= 0x80 || /[a-z]/i.test(String.fromCharCode(byte)) ? 1 : byte >= 0x30 && byte <= 0x39 ? 2 : 0;
  const pieces = Array.from({ length: 600 }, () => (next(3) ? stored[next(300)]! : Buffer.from(random(1 + next(30)))));
  const text = Buffer.concat(pieces.map((piece) => (next(2) ? piece : Buffer.from(piece.toString().toUpperCase()))));
  const lower = (bytes: Buffer) =>
    Buffer.from(bytes.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte)));
  const expected = new Set<string>();
  for (const value of stored.map(lower))
    for (let at = lower(text).indexOf(value); at >= 0; at = lower(text).indexOf(value, at + 1)) {
      const begins = at === 0 || isWord(text[at]!) === 0 || isWord(text[at]!) !== isWord(text[at - 1]!);
      if (begins || value.includes(0x40)) expected.add(`${at} ${value.length}`);
    }
  const found = new Set<string>();
  index.search(text, 0, text.length, (at, length) => found.add(`${at} ${length}`));
  expect(found.size).toBeGreaterThan(100);
  expect([...found].sort()).toEqual([...expected].sort());
});

test("few words of one column are searched for where another column, of many values, has them too", () => {
  const scan = new LeakScan();
  const [cities, names] = [scan.addColumn("t.city", false), scan.addColumn("t.name", false)];
  const rows = Array.from({ length: 6000 }, (_, at) => [
    ["Frankfurt", "Regensburg"][at % 2]!,
    at === 7 ? "Regensburg" : `Quillfeather ${at}`,
  ]);
  scan.learn([cities!, names!], chunk(rows));
  scan.endLearning();
  expect(metIn(scan, "in Frankfurt")).toBe(0);
  expect(metIn(scan, "in Regensburg")).toBe(1);
  expect(scan.report().leftOut).toEqual([{ column: "t.city", reason: "low-entropy" }]);
});

test.each([
  ["index app.copy_made", "index", "app.copy_made"],
  ["index", "index", 'app."for zoë quillfeather"'],
  ["index", "index", "app.for_49171555019977"],
  ["name of schema", "name of schema", ""],
])("a hit in a definition is in the %s, and no name that is itself a value is told", (place, kind, name) => {
  const scan = scanOf(real);
  scan.searchDefinition({ kind, name, text: "made for Zoë Quillfeather" });
  expect(scan.report().hits.map((hit) => hit.place)).toEqual([place]);
});
