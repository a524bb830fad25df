import { requireMultiAz } from "../../policypacks/database-guardrails/rules/require-multi-az";
import { callOf, pointingAt } from "./claim-location";

/** Called as `claims` is, with cases below the call. */
const call = (_: Record<string, unknown>) => callOf(call);
const stackOf = (holds: () => void) => {
  try {
    pointingAt(requireMultiAz, here, "two is three", holds);
  } catch (error) {
    return error instanceof Error ? (error.stack ?? "") : "";
  }
  return "";
};
const here = call({
  "one is one": () => expect(1).toBe(1),
  "two is three": () => expect(2).toBe(3),
});

test("a claim that fails points at its own line, then at the rule", () => {
  const places = stackOf(() => expect(2).toBe(3)).match(/at .*/g) ?? [];
  expect(places).toEqual([
    expect.stringMatching(new RegExp(`claim-location\\.test\\.ts:${here.line + 2}:1$`)),
    expect.stringMatching(/rules\/require-multi-az\.ts:\d+:1$/),
  ]);
});

test("what a rule throws points at where it was thrown", () => {
  const stack = stackOf(() => {
    throw new TypeError("no such thing");
  });
  expect(stack).toMatch(/claim-location\.test\.ts/);
  expect(stack).not.toContain("require-multi-az.ts");
});
