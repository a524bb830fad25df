// Properties that hold for every value and key, not only for the ones in a table.
import fc from "fast-check";
import { checkedIban, checkedLuhn } from "./check-digits";
import { masked, transformerNamed, type Masking } from "./columns";
import { column } from "./columns";

// Many transformers: a few runs of each, of up to sixty values.
fc.configureGlobal({ numRuns: 30 });

const digits = (min: number, max: number) => fc.stringMatching(new RegExp(`^[0-9]{${min},${max}}$`));
const words = fc.string({ unit: "grapheme", maxLength: 40 }).filter((text) => !text.includes("\0"));
const ascii = fc.stringMatching(/^[A-Za-z0-9-]{1,20}$/);
const whole = (most: bigint) => fc.bigInt({ min: -most, max: most }).map(String);
const day = fc
  .date({ min: new Date("0002-01-01"), max: new Date("9998-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const luhnDigit = (payload: string) => [..."0123456789"].find((digit) => checkedLuhn(payload + digit))!;
const cards = digits(12, 18).map((payload) => payload + luhnDigit(payload));

const ibans = digits(14, 20).map((bban) => {
  const check = Array.from({ length: 97 }, (_, at) => String(at + 2).padStart(2, "0"));
  return check.map((two) => `DE${two}${bban}`).find(checkedIban)!;
});

interface Subject extends Masking {
  values: fc.Arbitrary<string>;
  /** Does another key change every output? Not of one that has no key, or whose domain is small. */
  keyed?: false;
  /** May an output be what it was? Only where the domain is small. */
  mayStay?: true;
}

const subjects: Subject[] = [
  { use: "pseudonym", values: words },
  {
    use: "pseudonym",
    facts: { maxLength: 10 },
    values: ascii.map((text) => text.slice(0, 10)),
    keyed: false,
    mayStay: true,
  },
  { use: "pseudonym", facts: { type: "int4" }, values: whole(2n ** 31n - 1n).filter((n) => n !== "0") },
  { use: "pseudonym", facts: { type: "int8" }, values: whole(2n ** 63n - 1n).filter((n) => n !== "0") },
  { use: "pseudonym", facts: { type: "uuid" }, values: fc.uuid() },
  { use: "permutation", values: digits(8, 30) },
  {
    use: "permutation",
    facts: { type: "int4" },
    with: { from: 1_000_000, to: 9_999_999 },
    values: fc.integer({ min: 1_000_000, max: 9_999_999 }).map(String),
  },
  { use: "uuid", values: words },
  { use: "email", values: fc.emailAddress() },
  { use: "name", values: words },
  { use: "phone", values: digits(7, 15) },
  { use: "phone", with: { form: "shape" }, values: digits(9, 15) },
  { use: "address", values: words },
  { use: "company", values: words },
  { use: "url", values: fc.webUrl() },
  { use: "ip", facts: { type: "inet" }, values: fc.ipV4(), mayStay: true },
  { use: "ip", facts: { type: "inet" }, values: fc.ipV6() },
  { use: "card", values: cards },
  { use: "card", with: { form: "permuted" }, values: cards },
  { use: "iban", values: ibans },
  { use: "date-shift", facts: { type: "date" }, with: { days: 3650 }, values: day, keyed: false },
  {
    use: "noise",
    facts: { type: "int4" },
    with: { absolute: 1000 },
    values: fc.integer({ min: -1e6, max: 1e6 }).map(String),
    keyed: false,
    mayStay: true,
  },
  { use: "free-text", values: words, keyed: false, mayStay: true },
];

const nameOf = ({ use, with: given, facts }: Subject) =>
  [use, given && JSON.stringify(given), facts && JSON.stringify(facts)].filter(Boolean).join(" ");

describe.each(subjects.map((subject) => [nameOf(subject), subject] as const))("%s", (_, subject) => {
  const lists = fc.uniqueArray(subject.values, { minLength: 1, maxLength: 60 });

  test("gives the same value the same mask, in any batch and order, and NULL stays NULL", () =>
    fc.assert(
      fc.property(lists, fc.integer({ min: 0, max: 60 }), (values, turn) => {
        const together = masked(values, subject);
        const turned = [...values.slice(turn), null, ...values.slice(0, turn)];
        const again = masked(turned, subject);
        values.forEach((value, i) => expect(again[turned.indexOf(value)]).toBe(together[i]));
        expect(again[turned.indexOf(null)]).toBeNull();
      }),
    ));

  test("keeps different values different, if it says so", () => {
    const { uniqueness, parameters } = transformerNamed(subject.use);
    if (uniqueness(column(subject.facts), parameters.parse(subject.with ?? {})) === "lossy") return;
    fc.assert(
      fc.property(lists, (values) => {
        expect(new Set(masked(values, subject)).size).toBe(values.length);
      }),
    );
  });

  test("stays within the room that it asks for", () => {
    const transformer = transformerNamed(subject.use);
    const parameters = transformer.parameters.parse(subject.with ?? {});
    if ((subject.facts?.type ?? "text") !== "text") return;
    const fits = (maxLength: number) =>
      transformer.fits(column({ ...subject.facts, maxLength }), parameters) === undefined;
    const least = Array.from({ length: 60 }, (_, i) => i + 1).find(fits);
    expect(least).toBeDefined();
    fc.assert(
      fc.property(subject.values, fc.integer({ min: least!, max: 60 }), (value, maxLength) => {
        const short = [...value].slice(0, maxLength).join("");
        if (/[^\x20-\x7e]/.test(short) && subject.use === "pseudonym") return;
        const [result] = masked([short], { ...subject, facts: { ...subject.facts, maxLength } });
        expect([...result!].length).toBeLessThanOrEqual(maxLength);
      }),
    );
  });

  test("another key changes every output", () => {
    if (subject.keyed === false) return;
    fc.assert(
      fc.property(lists, (values) => {
        const other = masked(values, { ...subject, key: "another key" });
        expect(masked(values, subject).filter((value, i) => value === other[i])).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  test("no output is its input", () => {
    if (subject.mayStay) return;
    fc.assert(
      fc.property(lists, (values) => {
        expect(masked(values, subject).filter((value, i) => value === values[i])).toEqual([]);
      }),
    );
  });
});

test("what has right check digits has right ones afterwards", () => {
  fc.assert(
    fc.property(cards, ibans, (card, number) => {
      expect(checkedLuhn(masked([card], { use: "card" })[0]!)).toBe(true);
      expect(checkedLuhn(masked([card], { use: "card", with: { form: "permuted" } })[0]!)).toBe(true);
      expect(checkedIban(masked([number], { use: "iban" })[0]!)).toBe(true);
    }),
  );
});

test("a date moves by at most so many days, and is one of the calendar", () => {
  fc.assert(
    fc.property(day, fc.integer({ min: 1, max: 365 }), (value, days) => {
      const [moved] = masked([value], { use: "date-shift", with: { days }, facts: { type: "date" } });
      const time = (text: string) => new Date(`${text}T00:00:00Z`).getTime();
      expect(new Date(time(moved!)).toISOString().slice(0, 10)).toBe(moved);
      expect(Math.abs(time(moved!) - time(value)) / 86_400_000).toBeLessThanOrEqual(days);
    }),
  );
});

test("a document of any form stays a document of that form", () => {
  const shape = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(shape)
      : value !== null && typeof value === "object"
        ? Object.entries(value).map(([key, inner]) => [key, shape(inner)])
        : value === null || typeof value === "boolean"
          ? value
          : typeof value;
  fc.assert(
    fc.property(fc.json(), (text) => {
      fc.pre(!/@|\d{6}/.test(text));
      const [result] = masked([text], { use: "json", with: { paths: {} }, facts: { type: "json" } });
      expect(shape(JSON.parse(result!))).toEqual(shape(JSON.parse(text)));
    }),
  );
});
