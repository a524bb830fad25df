import { brokenCheck, conditionOf } from "../../../automation/masking/table-checks";
import { column, transformerNamed } from "./columns";

test.each<[check: string, holds: string[], fails: string[]]>([
  ["CHECK ((it = ANY (ARRAY['a'::text, 'b''c'::text])))", ["a", "b'c"], ["c"]],
  ["CHECK (((it)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))", ["a"], ["c"]],
  ["CHECK ((it ~ '^[A-Z]{2}$'::text))", ["AB"], ["ab", "ABC"]],
  ["CHECK (((it)::text !~* '@'::text))", ["a"], ["a@b"]],
  ["CHECK (((VALUE)::text <> ''::text))", ["a"], [""]],
  ["CHECK ((length(it) <= 3))", ["abc", "äöü"], ["abcd"]],
  ["CHECK (((it > 0) AND (it <= 100)))", ["1", "100"], ["0", "101"]],
  ["CHECK (((it >= (0)::numeric) AND (char_length((it)::text) < 3)))", ["10"], ["-1", "100"]],
  ["CHECK ((it = lower(it)))", ["a"], ["A"]],
])("%s is understood", (check, holds, fails) => {
  const condition = conditionOf(check, "it")!;
  expect(holds.filter((value) => !condition(value))).toEqual([]);
  expect(fails.filter((value) => condition(value))).toEqual([]);
});

test.each([
  "CHECK ((it > other))",
  "CHECK (((it > 0) OR (it IS NULL)))",
  "CHECK (public.valid(it))",
  "CHECK ((it ~ '[[:<:]]a'::text))",
])("%s is left to PostgreSQL", (check) => expect(conditionOf(check, "it")).toBeUndefined());

test.each<[use: string, facts: object, given: object, check: string, breaks: boolean]>([
  ["email", {}, {}, "CHECK ((it ~ '@'::text))", false],
  ["email", {}, {}, "CHECK ((it ~ '@company[.]com$'::text))", true],
  ["email", {}, {}, "CHECK ((it = ANY (ARRAY['a'::text, 'b'::text])))", true],
  ["pseudonym", {}, {}, "CHECK ((length(it) <= 10))", true],
  ["pseudonym", { maxLength: 10 }, {}, "CHECK ((it ~ '^[0-9]{7}$'::text))", false],
  ["pseudonym", { type: "int4" }, {}, "CHECK ((it > 0))", false],
  ["constant", {}, { value: "gone" }, "CHECK ((it = ANY (ARRAY['a'::text, 'gone'::text])))", false],
  ["constant", {}, { value: "gone" }, "CHECK ((it ~ '^[0-9]+$'::text))", true],
  ["name", {}, {}, "CHECK ((it = upper(it)))", true],
  ["free-text", {}, {}, "CHECK ((length(it) < 5))", false],
])("%s of %j with %j under %s breaks it: %s", (use, facts, given, check, breaks) => {
  const transformer = transformerNamed(use);
  const found = brokenCheck(column({ ...facts, checks: [check] }), transformer, transformer.parameters.parse(given));
  expect(found).toBe(breaks ? check : undefined);
});
