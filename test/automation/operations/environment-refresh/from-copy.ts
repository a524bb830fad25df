/** A copy that is made of an earlier one, in the cloud of environment-refresh.engine.test.ts. */
import { DescribeDBSnapshotsCommand } from "@aws-sdk/client-rds";
import type { EnvironmentRefreshPlan } from "../../../../automation/operations/environment-refresh/plan";
import type { Run } from "../../../../automation/records";
import { copyStackIn } from "./copy-stack";
import { good, inBrief, unprovenCopies } from "./ended-runs";
import { copy, roles, type Refreshes } from "./refreshes";
import { identifier, REAL } from "./source-content";

/** `first` is the refresh whose copy is there. */
export function fromCopyTests(of: () => Refreshes, first: () => Run): void {
  test("another environment gets the same rows from a snapshot of that copy, although a worker is killed, with passwords and a proof of its own; the snapshot is gone", async () => {
    const { rds } = of().engine.cloud;
    const manual = async () => (await rds.send(new DescribeDBSnapshotsCommand({ SnapshotType: "manual" }))).DBSnapshots;
    const run = await of().carriedOut(
      await of().requested("development", 7, "--from-copy", copy),
      "in restore the target",
    );
    expect(inBrief(run)).toEqual(good);
    expect(run.steps).not.toHaveProperty("restore into isolation");
    expect(await manual()).toEqual([]);
    expect(await of().instances()).toEqual([`orders-development`, identifier, copy]);
    expect(await of().customersOf("development")).toEqual(await of().customersOf("staging"));
    const [url, earlier] = await Promise.all(
      ["development", "staging"].map(async (one) => new URL(await of().urlOf(one, "readonly"))),
    );
    expect(url!.password).not.toBe(earlier!.password);
    for (const role of roles)
      expect(await of().as("development", role, (query) => query("select 1 as one"))).toEqual([{ one: 1 }]);
    expect(await of().filesWith(REAL, "development")).toEqual([]);
    expect(await unprovenCopies(of().commands)).toEqual([]);
    expect(await of().changesOf(run)).toEqual({ same: expect.any(Number) as number });
    const [searched] = run.checks;
    expect(searched).toMatchObject({
      name: "copy-is-as-searched",
      figures: { written: 0, missing: 0, refresh: first().requestId },
      explanation: expect.stringMatching(/nothing was searched again/) as string,
    });
    const { copy: made } = run.plan as EnvironmentRefreshPlan;
    await (await copyStackIn(of().engine.cloud, made.stack, made.arguments)).destroy({ remove: true });
    expect(await of().instances()).toEqual([identifier, copy]);
  }, 600_000);
}
