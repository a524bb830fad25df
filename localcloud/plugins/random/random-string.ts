import { randomInt } from "node:crypto";
import type { PropertyValues, CheckFailure, Properties, ResourceType } from "../adapter";
import { stateOnly } from "./state-only";

const alphabets = {
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  numeric: "0123456789",
  special: "!@#$%&*()-_=+[]{}<>:?",
} as const;

type Alphabet = keyof typeof alphabets;

const minimumOf: Record<Alphabet, string> = {
  lower: "minLower",
  upper: "minUpper",
  numeric: "minNumeric",
  special: "minSpecial",
};

const properties: Properties = {
  length: { type: "int", required: true, createOnly: true, min: 1 },
  keepers: { type: "map", createOnly: true },
  lower: { type: "bool", createOnly: true, default: true },
  upper: { type: "bool", createOnly: true, default: true },
  special: { type: "bool", createOnly: true, default: true },
  // Two upstream names for one setting: the one the program gives decides both.
  numeric: { type: "bool", createOnly: true, computed: true },
  number: { type: "bool", createOnly: true, computed: true },
  minLower: { type: "int", createOnly: true, default: 0, min: 0 },
  minUpper: { type: "int", createOnly: true, default: 0, min: 0 },
  minNumeric: { type: "int", createOnly: true, default: 0, min: 0 },
  minSpecial: { type: "int", createOnly: true, default: 0, min: 0 },
  overrideSpecial: { type: "string", createOnly: true },
  result: { type: "string", outputOnly: true },
};

export const randomString: ResourceType<undefined> = {
  properties,
  check: checkString,
  async create(inputs) {
    const result = makeString(inputs);
    return { id: result, properties: { ...inputs, ...digits(inputs), result } };
  },
  ...stateOnly((id) => importedString(id)),
};

export const randomPassword: ResourceType<undefined> = {
  properties: {
    ...properties,
    result: { type: "string", outputOnly: true, secret: true },
    // The official provider sets this; here it stays null, as nothing here reads it.
    bcryptHash: { type: "string", outputOnly: true, secret: true },
  },
  check: checkString,
  async create(inputs) {
    // The id of a resource is never secret, so it cannot be the password.
    return { id: "none", properties: { ...inputs, ...digits(inputs), result: makeString(inputs) } };
  },
  ...stateOnly((id) => ({ ...importedString(id), id: "none" })),
};

const digits = ({ numeric, number }: PropertyValues): PropertyValues => {
  const allowed = numeric ?? number ?? true;
  return { numeric: allowed, number: allowed };
};

const isAllowed = (inputs: PropertyValues, alphabet: Alphabet): boolean =>
  alphabet === "numeric" ? digits(inputs).numeric : (inputs[alphabet] ?? true);

const names = Object.keys(alphabets) as Alphabet[];

function checkString(inputs: PropertyValues): CheckFailure[] {
  if (typeof inputs.length !== "number" || [...names, "number"].some((name) => typeof inputs[name] === "string"))
    return [];
  const minimum = names.reduce((sum, name) => sum + (Number(inputs[minimumOf[name]]) || 0), 0);
  if (minimum > inputs.length)
    return [{ property: "length", reason: `the minimums add up to ${minimum}, more than the length ${inputs.length}` }];
  if (!names.some((name) => isAllowed(inputs, name)))
    return [{ property: "lower", reason: "at least one of lower, upper, numeric, special must be true" }];
  return [];
}

function makeString(inputs: PropertyValues): string {
  const alphabetOf = (name: Alphabet) =>
    name === "special" && inputs.overrideSpecial ? inputs.overrideSpecial : alphabets[name];
  const everything = names
    .filter((name) => isAllowed(inputs, name))
    .map(alphabetOf)
    .join("");
  const required = names.flatMap((name) => pick(alphabetOf(name), inputs[minimumOf[name]] ?? 0));
  return shuffle([...required, ...pick(everything, inputs.length - required.length)]).join("");
}

const pick = (alphabet: string, count: number): string[] =>
  Array.from({ length: count }, () => alphabet.charAt(randomInt(alphabet.length)));

/** Fisher–Yates: without it the required characters would always come first. */
function shuffle(characters: string[]): string[] {
  for (let last = characters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other]!, characters[last]!];
  }
  return characters;
}

const importedString = (value: string): PropertyValues => ({
  result: value,
  length: value.length,
  lower: true,
  upper: true,
  special: true,
  numeric: true,
  number: true,
});
