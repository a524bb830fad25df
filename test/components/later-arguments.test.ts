import * as pulumi from "@pulumi/pulumi";
import { parseInput } from "../../components";
import { databaseArgumentsOf } from "../../components/arguments";
import { builtIn } from "../../components/standards/built-in";
import { platform, request } from "./declared";

/** What a program sees of an argument that was an Output, once its value is known. */
async function onceKnown(change: Record<string, unknown>, pick: (given: ReturnType<typeof parsed>) => unknown) {
  const output = pick(parsed(change)) as Record<"isKnown" | "isSecret", Promise<unknown>> &
    Record<"promise" | "allResources", () => Promise<unknown>>;
  // All four fail together; one that no one awaits would end the test's process.
  await Promise.allSettled([output.isKnown, output.isSecret, output.allResources()]);
  return output.promise();
}
const parsed = (change: Record<string, unknown>) =>
  parseInput(databaseArgumentsOf(builtIn), { ...request, platform, ...change }, "the database");
/** The same error for a plain value. */
function lineOf(change: Record<string, unknown>): string {
  try {
    parsed(change);
    return "";
  } catch (error) {
    return (error as Error).message.split("\n")[1] ?? "";
  }
}
const later = (value: unknown) => pulumi.output(Promise.resolve(value));

test.each<
  [
    path: string,
    wrong: unknown,
    change: (value: unknown) => Record<string, unknown>,
    pick: (given: ReturnType<typeof parsed>) => unknown,
    right: unknown,
  ]
>([
  ["costCenter", 4712, (costCenter) => ({ costCenter }), (given) => given.costCenter, "4712"],
  ["owner", "Team Orders", (owner) => ({ owner }), (given) => given.owner, "team-orders"],
  [
    "platform.keyArn",
    "alias/mine",
    (keyArn) => ({ platform: { ...platform, keyArn } }),
    (given) => given.platform.keyArn,
    platform.keyArn,
  ],
  [
    "platform.vpcId",
    "",
    (vpcId) => ({ platform: { ...platform, vpcId } }),
    (given) => given.platform.vpcId,
    platform.vpcId,
  ],
  [
    "platform.parameterGroupNames",
    ["a"],
    (parameterGroupNames) => ({ platform: { ...platform, parameterGroupNames } }),
    (given) => given.platform.parameterGroupNames,
    platform.parameterGroupNames,
  ],
  [
    "platform.parameterGroupNames.postgres17",
    17,
    (postgres17) => ({ platform: { ...platform, parameterGroupNames: { postgres17 } } }),
    (given) => (given.platform.parameterGroupNames as Record<string, unknown>)["postgres17"],
    "mine",
  ],
  [
    "reachableFrom.vpn",
    "10.0.0.0/8",
    (vpn) => ({ reachableFrom: { vpn } }),
    (given) => given.reachableFrom?.vpn,
    "sg-0a1b2c3d4e5f60001",
  ],
])(
  "%s that is known only later is checked then, with the words of a plain value",
  async (path, wrong, change, pick, right) => {
    const plainly = lineOf(change(wrong));
    expect(plainly).toContain(`  ${path}: `);
    await expect(onceKnown(change(later(wrong)), pick)).rejects.toThrow(
      `the database: 1 argument is wrong\n${plainly}`,
    );
    await expect(onceKnown(change(later(right)), pick)).resolves.toEqual(right);
  },
);
