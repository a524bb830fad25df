// Transformers of a team's own: the example of the page, and what is done about ones that do not what they say.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { checkProfile } from "../../../automation/masking/check";
import { planMasks, prepareMask } from "../../../automation/masking/mask-plan";
import { transformersWith } from "../../../automation/masking/own/own-transformers";
import { profileDigest, type MaskingProfile } from "../../../automation/masking/profile";
import type { ColumnFacts } from "../../../automation/masking/schema-facts";
import { readProfileFile } from "../../../automation/profile-files";
import { columnOf, valuesOf } from "./columns";
import { factsOf, tableOf, unique } from "./schemas";

jest.mock("../../../automation/masking/limits", () => ({
  ...jest.requireActual<object>("../../../automation/masking/limits"),
  maskSeconds: 1,
}));

const page = readFileSync(join(__dirname, "../../../docs/masking.md"), "utf8");
const [, example = ""] = /```ts\n(import \{ defineTransformer.*?)```/s.exec(page) ?? [];

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "transformers-"))));
afterEach(() => rmSync(folder, { recursive: true }));

function profileWith(source: string, rule = "{ use: loyalty-number }"): Promise<MaskingProfile> {
  writeFileSync(join(folder, "loyalty-number.transformer.ts"), source);
  const text = `version: 1\nsource: orders\nkey: { secret: masking/orders }\ntables:\n  app.card:\n    columns: { number: ${rule} }\n`;
  writeFileSync(join(folder, "orders.masking.yaml"), text);
  return readProfileFile(join(folder, "orders.masking.yaml"), "orders.masking.yaml");
}
const factsWith = (column: Partial<ColumnFacts> = {}) =>
  factsOf([tableOf("app.card", { number: column })], { uniques: [unique("app.card", ["number"])] });
const problems = (profile: MaskingProfile, column?: Partial<ColumnFacts>) =>
  checkProfile(profile, factsWith(column), transformersWith(profile.own)).map(({ reason }) => reason);
const masked = (profile: MaskingProfile, values: (string | null)[], column?: Partial<ColumnFacts>, words = [""]) => {
  const [table] = planMasks(profile, factsWith(column));
  const material = {
    secret: Buffer.alloc(32, 7),
    sourceWords: new Set(words),
    transformers: transformersWith(profile.own),
  };
  return valuesOf(prepareMask(table!.columns[0]!.mask!, material)(columnOf(values), { firstRow: 0 }));
};

test("the example of the page masks as it says, fits what it says, and its text is part of the profile's digest", async () => {
  const profile = await profileWith(example, "{ use: loyalty-number, with: { prefix: QQ } }");
  const masks = masked(profile, ["A-1", null, "A-2", "A-1"]);
  expect(masks).toEqual([expect.stringMatching(/^QQ-[0-9a-f]{20}$/), null, expect.stringMatching(/^QQ-/), masks[0]]);
  expect(masks[2]).not.toBe(masks[0]);
  expect(problems(profile)).toEqual([]);
  expect(problems(profile, { type: "int4", declared: "integer" })).toEqual([
    "loyalty-number does not fit: it masks texts, not integer",
  ]);
  expect(problems(profile, { maxLength: 20 })).toEqual([
    "loyalty-number does not fit: it needs 23 characters, and the column has 20",
  ]);
  const changed = await profileWith(`${example}// a remark\n`, "{ use: loyalty-number, with: { prefix: QQ } }");
  expect(profileDigest(changed)).not.toBe(profileDigest(profile));
});

const edited = (from: string | RegExp, to: string) => example.replace(from, to);
test("one that makes values equal is refused for a unique column, like ours", async () => {
  const lossy = await profileWith(edited('"collision-free-in-practice"', '"lossy"'));
  expect(problems(lossy)).toEqual([expect.stringMatching(/its values are unique .* loyalty-number gives different/)]);
});

test("parameters that it does not have are refused with their line", async () => {
  await expect(profileWith(example, "{ use: loyalty-number, with: { size: 3 } }")).rejects.toMatchObject({
    code: "masking-profile-invalid",
    message: expect.stringMatching(/line 6: .*size: is not known/) as string,
  });
});

const importing = (what: string) =>
  `import { readFileSync } from "${what}";\n${example}`.replace('"LX"', "String(readFileSync)");
test.each([
  ["another name", edited('name: "loyalty-number"', 'name: "loyalty"'), "its name is not that of its file"],
  ["no mask", edited(/ {2}mask: .*\n/, ""), "it exports 0 transformers"],
  ["no length", edited(/ {2}charactersMax: .*\n/, ""), "charactersMax: give a function"],
  ["an unknown uniqueness", edited("collision-free-in-practice", "mostly"), "uniqueness: give injective"],
  ["code that the digest would not have", importing("node:fs"), 'it imports "node:fs"'],
  ["no TypeScript", "export default {", "line 1: "],
  ["no end", `while (true);\n${example}`, "it cannot be loaded"],
])("a file with %s is no transformer", async (_, source, reason) => {
  await expect(profileWith(source)).rejects.toMatchObject({
    code: "masking-transformer-invalid",
    message: expect.stringContaining(reason) as string,
  });
});

/** In what is masked, and in what a bad transformer throws. */
const SECRET = "zq7SECRETqz";
const masking = (body: string) => edited(/ {2}mask: .*\n/, `  mask: (value, { hash, words }) => { ${body} },\n`);
test.each([
  ["throws", "throw new TypeError(value)", "threw TypeError, whose message"],
  ["throws what is no error", "throw { constructor: { name: value } }", "threw an error, whose message"],
  ["does not end", "while (true);", "did not end within 1 s"],
  ["gives a number", "return 5 as never", "gave something else than a text"],
  ["gives too much", "return value.repeat(9)", "gave a mask of more than 23 characters"],
  ["leaves a value", "return value", "left a value as it was"],
  ["makes values equal, although it claims not to", 'return "LX"', "gave different values the same mask"],
  ["draws masks", "return String(Math.random())", "gave the same value another mask"],
  ["writes what cannot be stored", 'return "a\\0"', "cannot store"],
])("one that %s ends the copy with its column, and the value is in no part of the error", async (_, body, reason) => {
  const profile = await profileWith(masking(body));
  let thrown: unknown;
  try {
    masked(profile, [SECRET, `${SECRET}2`, SECRET]);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({
    code: "masking-value-unfit",
    message: expect.stringMatching(/^app\.card\.number cannot be masked: the transformer loyalty-number /) as string,
  });
  expect((thrown as Error).message).toContain(reason);
  expect(inspect(thrown, { depth: 9, showHidden: true })).not.toContain(SECRET);
});

test("a mask that the column's type cannot be is refused before the server sees it", async () => {
  const profile = await profileWith(edited(/ {2}fits: .*\n/, "  fits: () => undefined,\n"));
  expect(() => masked(profile, ["12"], { type: "int4" })).toThrow("gave a mask that is no int4");
});

test("words of its vocabulary that the source has are no masks", async () => {
  const words = masking('return words.join("+") + hash().toString("hex").slice(0, 9)');
  const profile = await profileWith(words.replace("uniqueness:", 'vocabulary: ["Blue", "Green"],\n  uniqueness:'));
  expect(masked(profile, ["x"], {}, ["blue"])).toEqual([expect.stringMatching(/^Green[0-9a-f]{9}$/)]);
  expect(() => masked(profile, ["x"], {}, ["blue", "green"])).toThrow("has no word that the source does not have");
});

test("a file beside the profile that it does not use is not loaded, and does not change its digest", async () => {
  const unused = await profileWith("no code at all {", "{ use: email }");
  expect(unused.own).toBeUndefined();
});
