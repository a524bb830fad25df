import { builtIn } from "../../../components/standards/built-in";
import { standardOf, type StandardContent } from "../../../components/standards/standard";

const { digest, ...content } = builtIn;
const changed = (change: (copy: StandardContent) => void): string => {
  const copy = structuredClone(content) as unknown as StandardContent;
  change(copy);
  return standardOf(copy).digest;
};

test("the digest is that of what the standard says: each figure changes it, the order of its parts does not", () => {
  expect(changed(() => {})).toBe(digest);
  expect(changed((copy) => (copy.sizes = Object.fromEntries(Object.entries(copy.sizes).reverse())))).toBe(digest);
  const others = [
    changed((copy) => (copy.tiers["gold"]!.elsewhere.ring = 1)),
    changed((copy) => copy.tierOrder.reverse()),
    changed((copy) => (copy.birth.masterUsername = "another")),
    changed((copy) => (copy.version = "1.1.1")),
  ];
  expect(new Set([digest, ...others]).size).toBe(5);
});

test("a figure of Shipshape's own standard changes together with its version", () => {
  expect([builtIn.version, digest]).toEqual([
    "1.2.0",
    "8d6a5e4f21835943cd87ba6732f7100e210d17fe1931c49d6f5689bfe4031a82",
  ]);
});

test("no part of a standard can be changed", () => {
  expect(() => ((builtIn.tiers["gold"]!.production.alarms as { cpuPercent: number }).cpuPercent = 99)).toThrow(
    /read only/,
  );
  expect(() => (builtIn.postgres.parameters as unknown[]).pop()).toThrow();
});
