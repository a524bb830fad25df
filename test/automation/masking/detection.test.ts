// What a draft takes a column for: by its name, its type, and what its distinct values look like.
import { guessOf, type ColumnContext } from "../../../automation/masking/draft-guess";
import { forgottenKind, meaningOf, nameWords } from "../../../automation/masking/name-words";
import { valueRates } from "../../../automation/masking/value-rates";
import { column } from "./columns";
import { tableOf } from "./schemas";

const numbers = (make: (i: number) => string) => Array.from({ length: 300 }, (_, i) => make(i));
const pick = (i: number, most: number) => (Math.imul(i + 1, 2_654_435_761) >>> 0) % most;
const digits = (i: number, count: number) => Array.from({ length: count }, (_, at) => pick(i * 31 + at, 10)).join("");

const guess = (
  name: string,
  values?: string[],
  more: Partial<Omit<ColumnContext, "column">> & { type?: string } = {},
) => {
  const { type = "text", ...rest } = more;
  const rule = guessOf({
    table: tableOf("public.things", {}),
    column: column({ name, type, declared: type }),
    rates: values && valueRates(values),
    isKey: false,
    isUnique: false,
    isUniqueAlone: false,
    isMade: false,
    ...rest,
  });
  return "use" in rule ? rule.use : "keep" in rule ? "keep" : "unclassified";
};

/** What well-kept validators accept, and that is no personal data. */
test.each<[string, (i: number) => string]>([
  ["an order number of 10 digits", (i) => `1${digits(i, 9)}`],
  ["epoch seconds", (i) => String(1_600_000_000 + pick(i, 1e8))],
  ["epoch milliseconds", (i) => String(1_600_000_000_000 + pick(i, 1e9))],
  ["an order number of 16 digits", (i) => `4${digits(i, 15)}`],
  ["an amount", (i) => `${pick(i, 9999)}.${digits(i, 2)}`],
  ["a date", (i) => new Date(1.5e12 + pick(i, 1e9) * 100).toISOString().slice(0, 10)],
  ["an EAN", (i) => `4${digits(i, 12)}`],
  ["a customer number of 9 digits", (i) => `1${digits(i, 8)}`],
  ["a version", (i) => `${pick(i, 20)}.${pick(i + 1, 20)}.${pick(i + 2, 20)}.${pick(i + 3, 99)}`],
  ["a product code", (i) => `AB${digits(i, 8)}`],
])("%s is no phone number, no card and no address: without a name it has no verdict", (_, make) =>
  expect(guess("reference", numbers(make))).toBe("unclassified"),
);

test.each<[string, (i: number) => string, string]>([
  ["phones with a plus", (i) => `+4930${digits(i, 7)}`, "phone"],
  ["phones with brackets", (i) => `(${201 + pick(i, 700)}) ${200 + pick(i, 700)}-${digits(i, 4)}`, "phone"],
  ["emails", (i) => `person${i}@mail.test`, "email"],
  ["URLs", (i) => `https://site${i}.test/a`, "url"],
  ["full names", (i) => `Ada${"abcdefghij"[i % 10]} Lovelace${"abcdefghij"[(i * 7) % 10]}`, "name"],
  ["sentences", (i) => `we called number ${i} on a Monday morning`, "free-text"],
  ["digests", (i) => digits(i, 40), "constant"],
])("%s in a column of any name are found", (_, make, use) => expect(guess("reference", numbers(make))).toBe(use));

test("one value that fills a column shows nothing, and 10 % with a right check digit are chance", () => {
  expect(guess("reference", Array<string>(1000).fill("ann@mail.test"))).toBe("unclassified");
  const rates = valueRates(numbers((i) => `4${digits(i, 15)}`));
  expect(rates.shares.card).toBeLessThan(0.3);
});

test.each([
  ["customerEmailAddress", "email"],
  ["E-Mail", "email"],
  ["courriel", "email"],
  ["phone_numbers", "phone"],
  ["telefonnummer", "phone"],
  ["firstName", "first-name"],
  ["Vorname", "first-name"],
  ["apellidos", "last-name"],
  ["geburtsdatum", "birth-date"],
  ["date_of_birth", "birth-date"],
  ["straße", "street"],
  ["dirección", "street"],
  ["plz", "postal-code"],
  ["api_key", "secret"],
  ["encrypted_password", "secret"],
  ["backup_codes", "secret"],
  ["current_sign_in_ip", "ip"],
  ["IBAN", "iban"],
  ["taxID", "national-id"],
  ["updated_at", "moment"],
  ["order_status", "state"],
])("the name %s says %s", (name, meaning) => expect(meaningOf(name)?.meaning).toBe(meaning));

test.each(["panel", "shipped", "scope", "telemetry_id", "cartel", "zippered", "ortho"])(
  "%s only contains such a word",
  (name) => expect(meaningOf(name)).toBeUndefined(),
);

test("names are split at capitals, signs and digits, without accents", () => {
  expect(nameWords("HTTPServerAddresses2Go_Straße")).toEqual(["http", "server", "addresses2", "go", "strasse"]);
});

test("the type comes first: a number is no email, a date no phone", () => {
  expect(guess("email", undefined, { type: "bool" })).toBe("keep");
  expect(guess("phone", undefined, { type: "timestamptz" })).toBe("date-shift");
  expect(guess("phone", undefined, { type: "int8" })).toBe("permutation");
  expect(guess("created_at", undefined, { type: "timestamptz" })).toBe("keep");
  expect(guess("search", undefined, { type: "tsvector" })).toBe("null");
});

test("a name is a person's in a table about people, and has no verdict in another", () => {
  expect(guess("name", undefined, { table: tableOf("public.customers", {}) })).toBe("name");
  expect(guess("name", undefined, { table: tableOf("public.products", {}) })).toBe("unclassified");
});

test("a state is kept only where few different values show it", () => {
  expect(
    guess(
      "status",
      Array.from({ length: 100 }, (_, i) => ["open", "shut"][i % 2]!),
    ),
  ).toBe("keep");
  expect(
    guess(
      "status",
      numbers((i) => `state-${i}`),
    ),
  ).toBe("unclassified");
  expect(guess("status")).toBe("unclassified");
});

test("one value of few in a key of several columns is a state, and in a key of its own none", () => {
  const values = Array.from({ length: 100 }, (_, i) => ["issue", "note"][i % 2]!);
  expect(guess("taggable_type", values, { isUnique: true })).toBe("keep");
  expect(guess("taggable_type", values, { isUnique: true, isUniqueAlone: true })).toBe("unclassified");
});

test.each([
  ["note_type", "state"],
  ["tokenKind", "state"],
  ["message_background_color", "state"],
  ["status_message", "free-text"],
  ["type_of_address", "street"],
  ["committer_name", "name"],
  ["linkedin", "user-name"],
  ["identities_extern_uid", "user-name"],
  ["sentry_dsn", "secret"],
  ["location", "city"],
])("the last word that labels decides: %s says %s", (name, meaning) => expect(meaningOf(name)?.meaning).toBe(meaning));

test("a number that counts or refers is none of what its name is about, and an order is no place", () => {
  const number = { type: "int8" };
  for (const name of ["token_expire_delay", "max_access_token_lifetime", "phone_count", "card_id", "access_token_id"])
    expect([name, guess(name, undefined, number)]).toEqual([name, "keep"]);
  for (const name of ["token", "card_number", "passport_id", "national_id", "phone"])
    expect([name, guess(name, undefined, number)]).toEqual([name, "permutation"]);
  for (const name of ["relative_position", "file_location"]) expect(guess(name, undefined, number)).toBe("keep");
  expect(guess("latitude", undefined, { type: "float8" })).toBe("noise");
});

test("when something happened to a secret is a moment of the row, and a passport's date is its holder's", () => {
  for (const name of ["reset_password_sent_at", "otp_grace_period_started_at"])
    expect(guess(name, undefined, { type: "timestamp" })).toBe("keep");
  for (const name of ["passport_expires_on", "born_on"])
    expect(guess(name, undefined, { type: "date" })).toBe("date-shift");
});

test("bytes that let people in are emptied by their name", () => {
  expect(guess("encrypted_api_token", undefined, { type: "bytea" })).toBe("null");
  expect(guess("payload", undefined, { type: "bytea" })).toBe("unclassified");
});

test("keys that PostgreSQL makes are kept, others become pseudonyms", () => {
  expect(guess("id", undefined, { type: "int8", isKey: true, isMade: true })).toBe("keep");
  expect(guess("id", undefined, { type: "int8", isKey: true })).toBe("pseudonym");
  expect(guess("code", undefined, { isKey: true })).toBe("pseudonym");
});

test("a key that a table is partitioned by is a question, which says what is at stake", () => {
  const rule = guessOf({
    table: tableOf("public.builds", {}),
    column: column({ name: "partition_id", type: "int8", partitionKey: "list" }),
    rates: undefined,
    ...{ isKey: true, isUnique: true, isUniqueAlone: false, isMade: false },
  });
  expect(rule).toEqual({ unclassified: expect.stringContaining("partitioned by: only keep") as string });
});

test.each([
  ["public.user_sessions", "passing"],
  ["public.good_jobs", "passing"],
  ["app.ApiKeys", "passing"],
  ["public.key_accounts", undefined],
  ["public.user_versions", "remembering"],
])("of a table %s a draft says %s", (name, kind) => expect(forgottenKind(name)).toBe(kind));
