import { planMasks } from "../../../automation/masking/mask-plan";
import { factsOf, keep, profileOf, tableOf, use } from "./schemas";

const orders = tableOf('public."Order"', { id: { type: "int4" }, note: {}, total: { generated: true } });

test("a plan has each copied column of each table, by the name that SQL uses, and no mask where the profile keeps", () => {
  const plan = planMasks(
    profileOf({ 'public."Order"': { id: keep, note: use("free-text") }, "public.queue": "empty" }),
    factsOf([orders, tableOf("public.queue", { id: {} })]),
  );
  expect(
    plan.map(({ name, empty, columns }) => [name, empty, columns.map((one) => [one.name, one.mask?.use])]),
  ).toEqual([
    [
      'public."Order"',
      undefined,
      [
        ["id", undefined],
        ["note", "free-text"],
      ],
    ],
    ["public.queue", true, []],
  ]);
});

test("a column, or a table, that the profile does not name is never planned as one that is kept", () => {
  const facts = factsOf([orders]);
  expect(() => planMasks(profileOf({ 'public."Order"': { id: keep } }), facts)).toThrow(/note is not classified/);
  expect(() => planMasks(profileOf({}), facts)).toThrow(/id is not classified/);
  const odd = factsOf([tableOf("public.t", { constructor: {} })]);
  expect(() => planMasks(profileOf({ "public.t": {} }), odd)).toThrow(/constructor is not classified/);
});
