/**
 * Pure: what a draft proposes for one column. Type first (a date is never a phone number), then the name, then what most
 * distinct values look like, then statistics. Each guess says its evidence; a text without any is unclassified.
 */
import { isInteger, isText } from "./mask-parts";
import { countsOrRefers, forgottenKind, isAboutPeople, meaningOf, type Meaning } from "./name-words";
import type { Rule } from "./profile";
import type { ColumnFacts, TableFacts } from "./schema-facts";
import type { Look, ValueRates } from "./value-rates";

export interface ColumnContext {
  table: TableFacts;
  column: ColumnFacts;
  rates: ValueRates | undefined;
  /** Its values are a key's: of a primary key, or of a reference. */
  isKey: boolean;
  isUnique: boolean;
  /** Without other columns: each row has another value. */
  isUniqueAlone: boolean;
  /** PostgreSQL makes its values: an identity, a sequence, a random uuid. */
  isMade: boolean;
}

const use = (name: string, reason: string, given?: Extract<Rule, { use: string }>["with"]): Rule => ({
  use: name,
  ...(given && { with: given }),
  reason,
});
const keep = (reason: string): Rule => ({ keep: reason });
const unclassified = (reason: string): Rule => ({ unclassified: reason });

export function guessOf(context: ColumnContext): Rule {
  const { column } = context;
  if (column.type === "bool") return keep("a boolean");
  if (column.kind === "enum") return keep("a label of an enum, which the profile classifies apart");
  const said = saidBy(context);
  if (column.type === "uuid") return guessUuid(context, said?.meaning);
  if (/^(date|timestamp|timestamptz)$/.test(column.type)) return guessMoment(column, said);
  if (/^(time|timetz|interval)$/.test(column.type)) return keep("a time of day or a span");
  if (isNumeric(column)) return guessNumber(context, said);
  if (/^(inet|cidr)$/.test(column.type)) return use("ip", "its type is an address of a network");
  if (column.type === "tsvector") return use("null", "a search vector contains the words of the text");
  if (/^jsonb?$/.test(column.type)) return guessJson(said);
  if (column.type.startsWith("_")) return guessArray(context, said);
  if (isText(column)) return guessText(context, said);
  if (said?.meaning === "secret") return use("null", said.reason);
  return unclassified(`nothing is known of what a ${column.declared} contains${said ? ` (${said.reason})` : ""}`);
}

interface Said {
  meaning: Meaning;
  words: string;
  /** What says so. */
  reason: string;
}

function saidBy({ column, table }: ColumnContext): Said | undefined {
  const byName = meaningOf(column.name);
  if (byName?.meaning === "name" && byName.words.split(" ").length === 1 && !isAboutPeople(table.name))
    return undefined;
  return byName && { ...byName, reason: `its name says ${byName.words}` };
}

const isNumeric = ({ type }: ColumnFacts) => /^(int2|int4|int8|numeric|float4|float8|money)$/.test(type);

function guessUuid({ isKey, isMade }: ColumnContext, meaning: Meaning | undefined): Rule {
  if (meaning === "secret") return use("uuid", "its name says that it lets people in");
  return isKey || isMade
    ? keep("a random key: it says nothing alone")
    : use("uuid", "a uuid, and no key of this schema");
}

function guessMoment({ name, type }: ColumnFacts, said: Said | undefined): Rule {
  if (said?.meaning === "birth-date") return use("date-shift", said.reason, { days: 365 });
  // Whatever it happened to: of a password, too.
  const ofThePerson = said?.meaning === "national-id" || said?.meaning === "card";
  if (said?.meaning === "moment" || (/_(at|on|ts|time)$|(?:At|On)$/.test(name) && !ofThePerson))
    return keep("when something happened to the row, by its name");
  return use("date-shift", `a ${type} whose name does not say that it is the row's own`, { days: 30 });
}

function guessNumber({ column, isKey, isMade }: ColumnContext, said: Said | undefined): Rule {
  if (isKey && isMade) return keep("a number that PostgreSQL counts: it says nothing alone");
  const { meaning, words = "", reason = "" } = said ?? {};
  if (meaning && masksNumbers.has(meaning) && isInteger(column)) {
    // A passport's number is called its id, too.
    if (meaning !== "national-id" && countsOrRefers(column.name, words) && !isKey)
      return keep("a number that counts, or refers to a row, by its name");
    return use("permutation", reason);
  }
  if (meaning === "pay") return use("noise", reason, { percent: 20 });
  if (meaning === "place") return use("noise", reason, { percent: 2 });
  if (meaning === "birth-date") return use("noise", reason, { absolute: 3 });
  if (isKey && column.partitionKey && column.partitionKey !== "hash")
    return unclassified("a key that the table is partitioned by: only keep leaves its rows in their partitions");
  if (isKey)
    return isInteger(column)
      ? use("pseudonym", "a key that people or other systems know")
      : unclassified("a key that is no whole number");
  return keep("a number, and its name says nothing of a person");
}

const masksNumbers: ReadonlySet<Meaning> = new Set(["phone", "card", "national-id", "secret", "postal-code", "iban"]);

const guessJson = (said: Said | undefined): Rule =>
  unclassified(`a document: list its paths with use: json${said ? ` (${said.reason})` : ""}`);

function guessArray({ column, ...context }: ColumnContext, said: Said | undefined): Rule {
  const element = { ...column, type: column.type.slice(1) };
  if (!isText(element))
    return isNumeric(element) && !said
      ? keep("numbers, and their name says nothing of a person")
      : unclassified(`an array: ${column.declared}`);
  const rule = guessText({ ...context, column: element, isUnique: false, isKey: false }, said);
  return "use" in rule && rule.use !== "null"
    ? use("array", rule.reason ?? "", { use: rule.use, ...(rule.with && { with: rule.with }) })
    : rule;
}

function guessText(context: ColumnContext, said: Said | undefined): Rule {
  const { column, table, rates } = context;
  const looked = lookOf(rates);
  const forgotten = forgottenKind(table.name);
  // What most values look like is stronger than a name, where both speak of a person.
  const meaning = (looked && meaningOfLook[looked.look]) ?? said?.meaning;
  const reason = looked && meaningOfLook[looked.look] ? looked.reason : said?.reason;
  const rule = meaning && ruleOfMeaning[meaning];
  if (meaning === "state") return guessState(context, said!.reason);
  if (rule) return use(rule.use, reason!, rule.with);
  if (looked?.look === "sentence") return use("free-text", looked.reason);
  if (context.isKey || context.isUnique) return use("pseudonym", "a text that identifies the row");
  if (looked?.look === "label" && rates!.distinct <= labelsMax && !forgotten)
    return keep(`one of ${rates!.distinct} words that look like states: ${looked.reason}`);
  const why =
    rates && rates.distinct > 0
      ? "neither its name nor its values say what it contains"
      : "its name does not say what it contains, and no values were looked at";
  return unclassified(
    column.notNull && rates?.distinct === 0 ? "it is empty everywhere: nothing says what it will contain" : why,
  );
}

/** More than this are no states. */
const labelsMax = 30;

function guessState({ rates, isUniqueAlone, column }: ColumnContext, reason: string): Rule {
  const few = rates
    ? rates.distinct > 0 && rates.distinct <= labelsMax
    : (column.distinct ?? -1) > 0 && column.distinct! <= labelsMax;
  if (few && !isUniqueAlone) return keep(`${reason}, and it has few different values`);
  return unclassified(`${reason}, and nothing shows that it has few different values`);
}

const ruleOfMeaning: Partial<Record<Meaning, { use: string; with?: Extract<Rule, { use: string }>["with"] }>> = {
  email: { use: "email" },
  phone: { use: "phone" },
  "first-name": { use: "name", with: { part: "first" } },
  "last-name": { use: "name", with: { part: "last" } },
  name: { use: "name" },
  "user-name": { use: "pseudonym" },
  street: { use: "address", with: { part: "street" } },
  city: { use: "address", with: { part: "city" } },
  "postal-code": { use: "permutation" },
  company: { use: "company" },
  "national-id": { use: "permutation" },
  card: { use: "card" },
  iban: { use: "iban" },
  ip: { use: "ip" },
  url: { use: "url" },
  secret: { use: "constant", with: { value: "masked" } },
  "free-text": { use: "free-text" },
  device: { use: "pseudonym" },
  "birth-date": { use: "constant", with: { value: "1970-01-01" } },
  place: { use: "constant", with: { value: "0" } },
};

const meaningOfLook: Partial<Record<Look, Meaning>> = {
  email: "email",
  phone: "phone",
  card: "card",
  iban: "iban",
  url: "url",
  digest: "secret",
  name: "name",
};

/** A look counts where nearly every distinct value has it: a check digit is right by chance in one number of ten. */
const shareMin = 0.9;
/** Fewer values show nothing. */
const distinctMin = 5;

function lookOf(rates: ValueRates | undefined): { look: Look; reason: string } | undefined {
  if (!rates || rates.distinct < distinctMin) return undefined;
  const order: Look[] = ["email", "iban", "card", "phone", "url", "uuid", "digest", "name", "sentence", "label"];
  const look = order.find((one) => rates.shares[one] >= (one === "card" || one === "iban" ? 0.95 : shareMin));
  return (
    look && {
      look,
      reason: `${Math.round(rates.shares[look] * 100)} % of ${rates.distinct} distinct values look like ${article[look]}`,
    }
  );
}

const article: Partial<Record<Look, string>> = {
  email: "an email address",
  iban: "an IBAN",
  card: "a card number",
  phone: "a phone number",
  url: "a URL",
  uuid: "a uuid",
  digest: "a digest or token",
  name: "a person's name",
  sentence: "a sentence",
  label: "a state",
};
