import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { profileSchemaText, subsetSchemaText, withTransformers } from "../../../automation/masking/page";
import { parseProfile } from "../../../automation/masking/profile-file";
import { transformers } from "../../../automation/masking/transformers";

const page = (name: string) => readFileSync(join(__dirname, "../../../docs", name), "utf8");

test("docs/masking.md and the schemas of profiles and subsets are what `npm run pages` writes", () => {
  expect(withTransformers(page("masking.md"))).toBe(page("masking.md"));
  expect(page("masking-profile.schema.json")).toBe(profileSchemaText());
  expect(page("masking-subset.schema.json")).toBe(subsetSchemaText());
});

test("the profile on the page can be used as it is", () => {
  const [, text = ""] = /```yaml\n(.*?)```/s.exec(page("masking.md")) ?? [];
  expect(Object.keys(parseProfile(text, "the page", transformers).tables)).toEqual([
    "public.customers",
    "public.sessions",
  ]);
});

test("the example of each transformer is one that it accepts", () => {
  const refused = transformers.filter(
    ({ example, parameters }) => example !== undefined && !parameters.safeParse(parse(JSON.stringify(example))).success,
  );
  expect(refused.map(({ name }) => name)).toEqual([]);
});
