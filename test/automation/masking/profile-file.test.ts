import { profileDigest, profileJsonSchema } from "../../../automation/masking/profile";
import { parseProfile } from "../../../automation/masking/profile-file";
import { transformers } from "../../../automation/masking/transformers";

const parse = (text: string) => parseProfile(text, "orders.masking.yaml", transformers);

const written = `version: 1
source: orders
key: { secret: shipshape/masking/orders }
tables:
  public.customers:
    columns:
      email: { use: email, with: { domain: staging.example } }
      state: { keep: one of few words }
  public.sessions: { empty: true }
`;

test("a profile is read from its file, and its digest is of what it means", () => {
  const profile = parse(written);
  expect(profile.tables["public.sessions"]).toEqual({ empty: true });
  const otherwise = `# a comment\n${written.replace("version: 1\n", "")}sequences: column\nversion: 1\n`;
  expect(profileDigest(parse(otherwise))).toBe(profileDigest(profile));
  expect(profileDigest(parse(written.replace("few", "some")))).not.toBe(profileDigest(profile));
});

test.each([
  ["version: 1\n", "version: 2\n", "line 1: version: give 1: it is the only version"],
  [
    "{ keep: one of few words }",
    "{ keep: '' }",
    "line 8: tables › public.customers › columns › state › keep: give the reason why its values may be copied as they are",
  ],
  ["{ keep: one of few words }", "keep", "line 8: tables › public.customers › columns › state: give {use"],
  [
    "use: email",
    "use: emial",
    'line 7: tables › public.customers › columns › email › use: there is no transformer "emial"; did you mean email?',
  ],
  [
    "staging.example",
    "company.com",
    "line 7: tables › public.customers › columns › email › with › domain: give a domain that nobody can have",
  ],
  [
    "domain:",
    "domian:",
    "line 7: tables › public.customers › columns › email › with › domian: is not known; did you mean domain?",
  ],
  ["{ empty: true }", "{}", "line 9: tables › public.sessions: give columns, or empty: true"],
  ["source: orders\n", "source: orders\nsurce: x\n", "line 3: surce: is not known; did you mean source?"],
  [
    "key: { secret: shipshape/masking/orders }\n",
    "key: {}\n",
    "line 3: key › secret: give the name or ARN of the secret",
  ],
  ["public.customers:", "customers:", "line 5: tables › customers: give the table as schema.table"],
  ["tables:", "tables: &all", "anchors and aliases are not allowed"],
])("with %j as %j it is refused, with the line and what is wanted", (from, to, message) => {
  let thrown: { code?: string; message?: string } = {};
  try {
    parse(written.replace(from, to));
  } catch (error) {
    thrown = error as typeof thrown;
  }
  expect(thrown.code).toBe("masking-profile-invalid");
  expect(thrown.message).toContain(message);
});

test("the schema for editors knows the sections", () => {
  const { properties } = profileJsonSchema() as { properties: object };
  expect(Object.keys(properties)).toEqual(
    expect.arrayContaining([
      "version",
      "source",
      "key",
      "tables",
      "definitions",
      "virtualKeys",
      "disarm",
      "largeObjects",
      "sequences",
    ]),
  );
});
