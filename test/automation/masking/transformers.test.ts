// What each transformer does with values, and which columns it refuses.
import { checkedIban, checkedLuhn } from "./check-digits";
import { column, masked, transformerNamed, type Masking } from "./columns";
import { transformers } from "../../../automation/masking/transformers";

const one = (value: string | null, masking: Masking) => masked([value], masking)[0];

/** Each with values of the source, how to mask them, and what all results have to look like. */
const table: [use: string, Omit<Masking, "use">, (string | null)[], RegExp][] = [
  ["pseudonym", {}, ["a", "Ann", ""], /^[a-z2-7]{16}$/],
  ["pseudonym", { with: { prefix: "c-" } }, ["a", "b"], /^c-[a-z2-7]{16}$/],
  ["pseudonym", { facts: { maxLength: 8 } }, ["AB-12xy", "4711"], /^([A-Z]{2}-\d{2}[a-z]{2}|\d{4})$/],
  ["pseudonym", { facts: { type: "int4" } }, ["1", "-7", "2147483647"], /^-?\d{1,10}$/],
  [
    "pseudonym",
    { facts: { type: "uuid" } },
    ["6f9619ff-8b86-4011-b42d-00c04fc964ff"],
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  ],
  ["permutation", { facts: { type: "int4" }, with: { from: 1000, to: 1999 } }, ["1000", "1999", "1500"], /^1\d{3}$/],
  ["permutation", { with: { keepFirst: 2 } }, ["DE12345", "DE99999"], /^DE\d{5}$/],
  ["email", {}, ["Ann@Mail.test", "x"], /^[a-z]{6}\.[a-z2-7]{16}@[a-z]{6}\.example$/i],
  ["email", { facts: { maxLength: 30 } }, ["Ann@Mail.test"], /^[a-z2-7]{16}@example$/i],
  ["name", {}, ["Ada Lovelace"], /^[A-Z][a-z]{5} [A-Z][a-z]{8}$/],
  ["name", { with: { part: "first" } }, ["Ada"], /^[A-Z][a-z]{5}$/],
  ["name", { with: { part: "last" } }, ["Lovelace"], /^[A-Z][a-z]{8}$/],
  ["company", {}, ["Acme"], /^[A-Z][a-z]{5} [A-Z][a-z]{8} Ltd$/],
  ["address", {}, ["1 Way"], /^\d{1,3} [A-Z][a-z]{8} Street, [A-Z][a-z]{8}$/],
  ["address", { with: { part: "postal-code" } }, ["SW1A 1AA"], /^[A-Z]{2}\d[A-Z] \d[A-Z]{2}$/],
  ["phone", {}, ["+49 30 1234567", "030/1234567"], /^\+999\d{11}$/],
  ["phone", { with: { form: "shape" } }, ["+49 (30) 123-4567"], /^\+\d\d \(\d\d\) \d{3}-\d{4}$/],
  ["url", {}, ["http://a.test/?q=1"], /^https:\/\/[a-z]{6}\.example\/[a-z2-7]{16}$/],
  ["ip", { facts: { type: "inet" } }, ["192.168.1.7", "8.8.8.8"], /^10\.\d+\.\d+\.\d+$/],
  ["ip", { facts: { type: "inet" } }, ["2001:db8::1"], /^fd[0-9a-f]{2}(:[0-9a-f]{4}){7}$/],
  ["ip", { facts: { type: "cidr" } }, ["192.168.0.0/16"], /^10\.\d+\.0\.0\/16$/],
  ["date-shift", { facts: { type: "date" } }, ["2000-02-29", "0001-01-01", "9999-12-31"], /^\d{4}-\d\d-\d\d$/],
  [
    "date-shift",
    { facts: { type: "timestamptz" } },
    ["2000-02-29 12:34:56.789+00"],
    /^\d{4}-\d\d-\d\d 12:34:56\.789\+00$/,
  ],
  [
    "noise",
    { facts: { type: "numeric", precision: 6, scale: 2 }, with: { percent: 10 } },
    ["100.00"],
    /^(9\d|10\d|110)\.\d\d$/,
  ],
  ["noise", { facts: { type: "int2" }, with: { absolute: 5 } }, ["32767", "1"], /^-?\d{1,5}$/],
  ["bucket", { facts: { type: "date" }, with: { unit: "quarter" } }, ["2024-05-17"], /^2024-04-01$/],
  ["bucket", { facts: { type: "date" }, with: { unit: "decade" } }, ["1987-05-17"], /^1980-01-01$/],
  ["bucket", { facts: { type: "int4" }, with: { size: 10 } }, ["57"], /^50$/],
  ["bucket", { facts: { type: "float8" }, with: { size: 0.1 } }, ["0.37"], /^0\.3$/],
  ["free-text", {}, ["Call Ann (30) at 5!"], /^[A-Z][a-z]{3} [A-Z][a-z]{2} \(\d\d\) [a-z]{2} \d!$/],
  ["free-text", {}, ["Grüße\tan Zoë"], /^[A-Z][a-z]{4}\t[a-z]{2} [A-Z][a-z]{2}$/],
  ["partial", { with: { keepLast: 4 } }, ["DE89370400440532"], /^\*{12}0532$/],
  ["partial", { with: { keepFirst: 1 } }, ["É", "Émile"], /^(\*|É\*{4})$/],
  ["constant", { with: { value: "gone" } }, ["a", "b\tc"], /^gone$/],
  ["sequence", { with: { prefix: "u-", from: 10 } }, ["a", "b"], /^u-1[01]$/],
];

test.each(table)("%s with %j of %j", (use, masking, values, expected) => {
  const results = masked(values, { use, ...masking });
  for (const result of results) expect(result).toMatch(expected);
  // With all there is of it: a value that is first or last, or beside NULL, is masked as any other.
  if (use !== "sequence")
    expect(masked([null, ...values, null], { use, ...masking })).toEqual([null, ...results, null]);
  expect(
    transformerNamed(use).fits(column(masking.facts), transformerNamed(use).parameters.parse(masking.with ?? {})),
  ).toBeUndefined();
});

test("every transformer is in the table, or has a test of its own below", () => {
  const own = ["uuid", "card", "iban", "json", "array", "regex", "null", "shuffle"];
  expect([...new Set([...table.map(([use]) => use), ...own])].sort()).toEqual(
    transformers.map(({ name }) => name).sort(),
  );
});

test("spellings that people use for one thing get one mask", () => {
  const addresses = masked(["ann@mail.test", "Ann@mail.test", " ann@MAIL.test "], { use: "email" });
  // Where a column that is unique has them all, they stay different.
  expect(new Set(addresses).size).toBe(3);
  expect(new Set(addresses.map((address) => address!.toLowerCase())).size).toBe(1);
  const folded = { use: "email", facts: { type: "citext", ignoresCase: true } };
  expect(new Set(masked(["ann@mail.test", "Ann@mail.test"], folded)).size).toBe(1);
  expect(new Set(masked(["Ada  Lovelace", "ada lovelace", "ADA LOVELACE"], { use: "name" })).size).toBe(1);
  expect(new Set(masked(["+49 30 1", "+49301"], { use: "phone" })).size).toBe(1);
  const [spaced, plain] = masked(["+49 30 123", "+4930123"], { use: "phone", with: { form: "shape" } });
  expect(spaced!.replaceAll(" ", "")).toBe(plain);
});

test("values that PostgreSQL calls equal get one mask", () => {
  expect(new Set(masked(["1.00", "1", "1.0"], { use: "pseudonym", facts: { type: "numeric", scale: 0 } })).size).toBe(
    1,
  );
  expect(new Set(masked(["ab  ", "ab"], { use: "pseudonym", facts: { type: "bpchar" } })).size).toBe(1);
  expect(new Set(masked(["Ann", "ANN"], { use: "pseudonym", facts: { type: "citext", ignoresCase: true } })).size).toBe(
    1,
  );
  expect(new Set(masked(["Ann", "ANN"], { use: "pseudonym" })).size).toBe(2);
});

test("whole numbers of 63 bits stay apart, keep their sign, and stay below 2⁵³ and 2³¹ where they were", () => {
  const values = [
    "1",
    "-1",
    "2147483647",
    "2147483648",
    "9007199254740991",
    "9007199254740992",
    "9223372036854775807",
    "0",
  ];
  const results = masked(values, { use: "pseudonym", facts: { type: "int8" } }).map((value) => BigInt(value!));
  expect(new Set(results).size).toBe(values.length);
  const size = (value: bigint) => (value < 0n ? -value : value);
  const tier = (value: bigint) => [2n ** 31n, 2n ** 53n, 2n ** 63n].findIndex((limit) => size(value) < limit);
  expect(results.map(tier)).toEqual(values.map((value) => tier(BigInt(value))));
  expect(results.map((value) => value < 0n)).toEqual(values.map((value) => value.startsWith("-")));
  expect(results.at(-1)).toBe(0n);
});

test("a card has a right check digit, of the range for tests or of its own length", () => {
  const cards = masked(["4539 1488 0343 6467", "378282246310005"], { use: "card" });
  for (const card of cards) expect(card).toMatch(/^411111\d{10}$/);
  const permuted = masked(["4539 1488 0343 6467", "378282246310005"], { use: "card", with: { form: "permuted" } });
  expect(permuted[0]).toMatch(/^\d{4} \d{4} \d{4} \d{4}$/);
  expect(permuted[1]).toMatch(/^\d{15}$/);
  expect([...cards, ...permuted].map((card) => checkedLuhn(card!))).toEqual([true, true, true, true]);
});

test("an IBAN keeps country and form, and has right check digits", () => {
  const values = ["DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819", "MT84MALT011000012345MTLCAST001S"];
  const ibans = masked(values, { use: "iban" });
  expect(ibans[0]).toMatch(/^DE\d\d \d{4} \d{4} \d{4} \d{4} \d\d$/);
  expect(ibans[1]).toMatch(/^GB\d\d[A-Z]{4}\d{14}$/);
  expect(ibans.map((value) => checkedIban(value!))).toEqual([true, true, true]);
  expect(ibans.every((value, i) => value !== values[i])).toBe(true);
});

test("dates of one subject move alike, and dates of another otherwise", () => {
  const facts = { type: "date" };
  const moved = masked(["2024-01-01", "2024-01-31", "2024-01-01"], {
    use: "date-shift",
    facts,
    batch: { subjects: ["ann", "ann", "bob"] },
  });
  const days = (text: string | null) => Date.parse(text!) / 86_400_000;
  expect(days(moved[1]!) - days(moved[0]!)).toBe(30);
  expect(moved[2]).not.toBe(moved[0]);
  expect(masked(["infinity", "-infinity"], { use: "date-shift", facts })).toEqual(["infinity", "-infinity"]);
});

test("a name in a phone or card number is masked, and so is what is no separator in any script", () => {
  for (const masking of [
    { use: "phone", with: { form: "shape" } },
    { use: "card", with: { form: "permuted" } },
  ]) {
    const [result] = masked(["0171 555019 Zoe ext. 7"], masking);
    expect(result).not.toMatch(/Zoe|ext|0171|555019/);
    expect(result).toMatch(/^\d{4} \d{6} [A-Z][a-z]{2} [a-z]{3}\. \d$/);
    expect(() => masked(["0171 Zoë"], masking)).toThrow(/beyond ASCII/);
    expect(() => masked(["٠١٧١"], masking)).toThrow(/beyond ASCII/);
    const [plain, typeset] = masked(["0171-555 0199", "0171\u2013555\u00a00199"], masking);
    expect(typeset!.replace("\u2013", "-").replace("\u00a0", " ")).toBe(plain);
  }
});

test("numbers that differ in their check digits only stay different, and a wrong one does not become right", () => {
  const ends = [..."0123456789"];
  const cards = ends.map((end) => `411111111111111${end}`);
  const results = masked(cards, { use: "card", with: { form: "permuted" } }) as string[];
  expect(new Set(results).size).toBe(10);
  expect(results.filter(checkedLuhn).length).toBe(1);
  const ibans = ends.map((end) => `DE8${end}370400440532013000`);
  const masks = masked(ibans, { use: "iban" }) as string[];
  expect(new Set(masks).size).toBe(10);
  expect(masks.filter(checkedIban)).toEqual([masks[ends.indexOf("9")]]);
});

test("dates of rows without a subject are not all moved by one distance", () => {
  const dates = Array.from({ length: 20 }, (_, at) => new Date(at * 86_400_000).toISOString().slice(0, 10));
  const batch = { subjects: dates.map(() => null) };
  const moved = masked(dates, { use: "date-shift", facts: { type: "date" }, batch });
  const distances = moved.map((one, at) => Date.parse(one!) - Date.parse(dates[at]!));
  expect(new Set(distances).size).toBeGreaterThan(10);
});

test("a document is masked by its paths; what none names is scrubbed, and is written as it was otherwise", () => {
  const with_ = {
    paths: { "$.mail": { use: "email" }, "$.tags[*].name": { use: "name" }, "$.state": { keep: "a state" } },
  };
  const value =
    '{"mail": "ann@mail.test", "state": "open", "n": 1.50, "ok": true, "tags": [{"name": "Ada"}, {"name": null}], "note": "see \\u00e9"}';
  const result = one(value, { use: "json", with: with_, facts: { type: "json" } })!;
  const parsed = JSON.parse(result) as Record<string, unknown>;
  expect(Object.keys(parsed)).toEqual(["mail", "state", "n", "ok", "tags", "note"]);
  expect(parsed).toMatchObject({
    state: "open",
    n: 0,
    ok: true,
    tags: [{ name: expect.stringMatching(/^[A-Z]/) as string }, { name: null }],
  });
  expect(parsed["mail"]).toMatch(/example$/);
  expect(result).not.toMatch(/ann|Ada|see|é/);
  expect(() => one('{"ann@mail.test": 1}', { use: "json", with: { paths: {} }, facts: { type: "jsonb" } })).toThrow(
    /public\.customers\.it cannot be masked.*key/,
  );
});

test("what is in a document or an array gets the mask of a column of the class", () => {
  // A column's own key is of the class of its transformer, unless the profile says another.
  const inside = (
    JSON.parse(
      one('{"a": "ann@mail.test"}', {
        use: "json",
        with: { paths: { "$.a": { use: "email" } } },
        facts: { type: "jsonb" },
      })!,
    ) as { a: string }
  ).a;
  const inArray = one('{ann@mail.test,NULL,"x y"}', {
    use: "array",
    with: { use: "email" },
    facts: { type: "_text" },
  })!;
  expect(inArray).toMatch(/^\{"[^"]+",NULL,"[^"]+"\}$/);
  expect(inArray).toContain(inside);
});

test("matches of an expression are masked, and the rest is scrubbed or stays", () => {
  const with_ = { pattern: String.raw`[A-Z]{2}-\d{4}`, use: "permutation" };
  expect(one("order AB-1234 of Ann", { use: "regex", with: with_ })).toMatch(
    /^(?!order)[a-z]{5} [A-Z]{2}-\d{4} [a-z]{2} (?!Ann)[A-Z][a-z]{2}$/,
  );
  expect(one("order AB-1234", { use: "regex", with: { ...with_, rest: "keep" } })).toMatch(
    /^order (?!AB-1234)[A-Z]{2}-\d{4}$/,
  );
  expect(() => transformerNamed("regex").parameters.parse({ ...with_, pattern: "(a+)+" })).toThrow(/repeated group/);
});

test("null gives NULL, uuid a uuid, and shuffle the values of the chunk in another order", () => {
  expect(masked(["a", null], { use: "null" })).toEqual([null, null]);
  expect(one("x", { use: "uuid" })).toMatch(/^[0-9a-f-]{36}$/);
  const values = Array.from({ length: 100 }, (_, i) => String(i));
  const shuffled = masked(values, { use: "shuffle" });
  expect(shuffled.toSorted()).toEqual(values.toSorted());
  expect(shuffled).not.toEqual(values);
  expect(masked(values, { use: "shuffle", batch: { firstRow: 100 } })).not.toEqual(shuffled);
});

test("a word of the source is never used, and no other mask changes", () => {
  const names = Array.from({ length: 500 }, (_, i) => `Person ${i}`);
  const before = masked(names, { use: "name" });
  const [, last = ""] = before[7]!.split(" ");
  const after = masked(names, { use: "name", sourceWords: new Set([last.toLowerCase()]) });
  expect(after.filter((name, i) => name !== before[i]).length).toBe(
    before.filter((name) => name!.endsWith(last)).length,
  );
  expect(after.some((name) => name!.includes(last))).toBe(false);
});

test.each([
  ["email", { maxLength: 10 }, {}, "needs 24 characters, and the column has 10"],
  ["email", { type: "int4", declared: "integer" }, {}, "the column is integer"],
  ["null", { notNull: true }, {}, "NOT NULL"],
  ["constant", { labels: ["a"], type: "mood", declared: "mood" }, { value: "b" }, "no such label"],
  ["constant", { maxLength: 3 }, { value: "four" }, "has 4 characters"],
  ["permutation", { type: "int2", declared: "smallint" }, { from: 1, to: 70_000 }, "numbers that no smallint has"],
  ["pseudonym", { type: "jsonb", declared: "jsonb" }, {}, "the column is jsonb"],
  ["date-shift", { declared: "text" }, {}, "the column is text"],
  ["bucket", { type: "int4", declared: "integer" }, { unit: "year" }, "unit is for dates"],
  ["json", { type: "jsonb" }, { paths: { "$.a": { use: "nothing" } } }, 'no transformer "nothing"'],
  ["array", { type: "_int4", declared: "integer[]" }, { use: "email" }, "email: it writes text"],
  ["phone", { type: "int8" }, {}, "say form: shape"],
  ["sequence", { type: "int2", declared: "smallint" }, {}, "no room"],
])("%s refuses %j with %j: %s", (use, facts, given, why) => {
  const transformer = transformerNamed(use);
  expect(transformer.fits(column(facts), transformer.parameters.parse(given))).toContain(why);
});

test.each([
  ["permutation", { facts: { type: "int4" }, with: { from: 1, to: 5 } }, "6"],
  ["pseudonym", { facts: { maxLength: 8 } }, "Zoë"],
  ["date-shift", { facts: { type: "date" } }, "0044-03-15 BC"],
  ["array", { facts: { type: "_text" }, with: { use: "email" } }, "no array at all"],
])("a value that %s with %j cannot mask stops the copy, and is not in the message", (use, masking, value) => {
  let message = "";
  try {
    masked([value], { use, ...masking });
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).toMatch(/^public\.customers\.it cannot be masked: /);
  expect(message).not.toContain(value);
});
