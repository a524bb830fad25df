import { requireMultiAz } from "../../policypacks/database-guardrails/rules/require-multi-az";
import { callSiteOf, withLocation } from "./claim-location";

/** Called like `claims`, with the cases below the call. */
const call = (_: Record<string, unknown>) => callSiteOf(call);
const stackOf = (assertion: () => void) => {
  try {
    withLocation(requireMultiAz, here, "two is three", assertion);
  } catch (error) {
    return error instanceof Error ? (error.stack ?? "") : "";
  }
  return "";
};
const here = call({
  "one is one": () => expect(1).toBe(1),
  "two is three": () => expect(2).toBe(3),
});

test("a failing claim points at its own line, then at the rule", () => {
  const locations = stackOf(() => expect(2).toBe(3)).match(/at .*/g) ?? [];
  expect(locations).toEqual([
    expect.stringMatching(new RegExp(`claim-location\\.test\\.ts:${here.line + 2}:1$`)),
    expect.stringMatching(/rules\/require-multi-az\.ts:\d+:1$/),
  ]);
});

test("an error thrown by a rule keeps its own stack", () => {
  const stack = stackOf(() => {
    throw new TypeError("no such thing");
  });
  expect(stack).toMatch(/claim-location\.test\.ts/);
  expect(stack).not.toContain("require-multi-az.ts");
});
