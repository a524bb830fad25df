import { canonicalJson, planDigestOf, type PlanBasis } from "../../automation/records";

describe("canonical JSON", () => {
  test("follows RFC 8785, section 3.2.2: numbers as in ECMAScript, as few escapes as possible", () => {
    const sample = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`;
    const canonical = String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`;
    expect(canonicalJson(JSON.parse(sample))).toBe(canonical);
  });

  test("sorts names by UTF-16 units, as in section 3.2.3: neither by code point nor by locale", () => {
    const names = JSON.parse(
      String.raw`{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}`,
    ) as Record<string, string>;
    expect(
      Object.values(
        JSON.parse(
          canonicalJson(names)
            .replaceAll(/"[^"]*":("[^"]*")/g, "$1")
            .replace("{", "[")
            .replace("}", "]"),
        ) as string[],
      ),
    ).toEqual([
      "Carriage Return",
      "One",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ]);
  });

  test("sorts names that look like numbers as names, at every depth", () => {
    expect(canonicalJson({ a: [{ 10: 1, 9: 2 }], 2: 0, 11: 0 })).toBe('{"11":0,"2":0,"a":[{"10":1,"9":2}]}');
  });

  test("does not exist for values that JSON cannot represent", () => {
    for (const value of [NaN, Infinity, { deep: [-Infinity] }])
      expect(() => canonicalJson(value)).toThrow(/not allowed/);
  });
});

test("a plan has one digest, whatever the order of its names", () => {
  const plan = { target: "orders", evidenceValidDays: 7, database: { identifier: "orders" } } as unknown as PlanBasis;
  const readBack = {
    database: { identifier: "orders" },
    evidenceValidDays: 7,
    target: "orders",
  } as unknown as PlanBasis;
  expect(planDigestOf(readBack)).toBe(planDigestOf(plan));
  expect(planDigestOf({ ...plan, evidenceValidDays: 8 })).not.toBe(planDigestOf(plan));
});
