/** How a copy is extended and removed, in the cloud of environment-refresh.engine.test.ts. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  AddTagsToResourceCommand,
  CreateDBSnapshotCommand,
  DeleteDBSnapshotCommand,
  DescribeDBInstancesCommand,
} from "@aws-sdk/client-rds";
import type { EnvironmentRefreshPlan } from "../../../../automation/operations/environment-refresh/plan";
import type { RefreshExtensionPlan } from "../../../../automation/operations/refresh-extension/plan";
import type { Run } from "../../../../automation/records";
import type { AwsClients } from "../../../../automation/targets/aws-access";
import { askFleet } from "../../../../automation/targets/fleet";
import { until } from "../../../until";
import { copyStackIn } from "./copy-stack";
import { dayAfterData, good, idOf, inBrief, unprovenCopies } from "./ended-runs";
import { copy, roles, type Refreshes } from "./refreshes";
import { identifier } from "./source-content";

/** `first` is the refresh whose copy is there. */
export function lifeOfCopyTests(of: () => Refreshes, first: () => Run): void {
  const dayOfData = (days: number) => dayAfterData(first(), days);
  const askedOfCopy = (operation: string, ...words: string[]) =>
    idOf(
      of().commands.of(operation),
      ...["request", operation, "--database", copy, "--reason", "a test", "--json", ...words],
    );
  const expiryKey = "shipshape:copy-expires-on";
  async function shownExpiry() {
    const described = await of().engine.cloud.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: copy }));
    const { DBInstanceArn: arn, TagList = [] } = described.DBInstances![0]!;
    return { arn, value: TagList.find(({ Key }) => Key === expiryKey)?.Value };
  }

  test("an approved extension lets the copy stay longer, although its worker is killed, and changes nothing else; a removal that was approved before is decided on again", async () => {
    const [extending, removing] = [of().commands.of("refresh-extension"), of().commands.of("refresh-removal")];
    const extension = await askedOfCopy("refresh-extension", "--until", dayOfData(20));
    const removal = await askedOfCopy("refresh-removal");
    await of().withWorker(() => of().planned(extension), extending);
    await of().withWorker(() => of().planned(removal), removing);
    await of().approve(extension);
    // It is held until the extension is over, and then decided on again.
    await of().approve(removal);
    const { ended } = extending.shipshape("in bring the copy up with its new end", "worker");
    expect(await ended).toMatchObject({ signal: "SIGKILL" });
    const run = await of().withWorker(() => of().over(extension), extending);
    expect(inBrief(run)).toEqual({ ...good, cleanUp: "none" });
    expect((await shownExpiry()).value).toBe(dayOfData(20));
    expect(await unprovenCopies(of().commands)).toEqual([]);
    expect(await unprovenCopies(of().commands, false)).toEqual([`undecided ${copy}`]);
    const plan = run.plan as RefreshExtensionPlan;
    expect(plan.copy).toMatchObject({
      madeBy: first().requestId,
      evidence: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    const extended = await copyStackIn(of().engine.cloud, plan.copy.stack, plan.arguments);
    expect((await extended.preview({ refresh: true })).changeSummary).toEqual({ same: expect.any(Number) as number });
    for (const role of roles)
      expect(await of().as("staging", role, (query) => query("select 1 as one"))).toEqual([{ one: 1 }]);
    const again = await of().withWorker(() => of().planned(removal, 2), removing);
    expect(again).toMatchObject({ status: "waiting", preparation: 2 });
    expect(again.steps).not.toHaveProperty("remove the copy");
    await of().commands.shipshape("", "cancel", removal).ended;
  }, 600_000);

  test("what would stay too long is denied, and a copy whose day was changed by hand is not extended", async () => {
    const tooLong = await askedOfCopy("refresh-extension", "--until", dayOfData(31));
    expect(
      (await of().withWorker(() => of().over(tooLong), of().commands.of("refresh-extension"))).error?.message,
    ).toMatch(/would stay for 31 days from the day of its data, .*, of at most 30/);
    const { arn, value = "" } = await shownExpiry();
    const tag = (Value: string) =>
      of().engine.cloud.rds.send(
        new AddTagsToResourceCommand({ ResourceName: arn, Tags: [{ Key: expiryKey, Value }] }),
      );
    await tag(dayOfData(60));
    const forged = await askedOfCopy("refresh-extension", "--until", dayOfData(61));
    const run = await of().withWorker(() => of().over(forged), of().commands.of("refresh-extension"));
    await tag(value);
    expect(run).toMatchObject({ status: "failed", error: { code: "extension-refused" } });
    expect(run.error?.message).toContain(`its tag ${expiryKey} is not what its stack says`);
  }, 300_000);

  test("a copy that has expired is removed at the next schedule without an approval, once no refresh makes another copy of it, although a worker is killed in the removal; nothing of it is left", async () => {
    const due = async (now = new Date()) => {
      const fleet = await askFleet({ rds: of().engine.cloud.rds } as AwsClients);
      const { cloud } = of().engine;
      const stacks = { workspacesFolder: cloud.dataFolder, environment: cloud.env };
      return of().controlPlane.submitDueRemovals(fleet, { now, stacks, requestedBy: "ana" });
    };
    expect(await due()).toEqual([]);
    const late = await askedOfCopy("refresh-extension", "--until", dayOfData(25));
    await of().withWorker(() => of().planned(late), of().commands.of("refresh-extension"));
    const expiresOn = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const { copy: approved } = first().plan as EnvironmentRefreshPlan;
    const { request: declared } = approved.arguments;
    const maskedCopy = { ...declared.maskedCopy!, expiresOn };
    await (
      await copyStackIn(of().engine.cloud, approved.stack, {
        ...approved.arguments,
        request: { ...declared, maskedCopy },
      })
    ).up();
    // One that was cancelled postpones nothing for long.
    await of().commands.shipshape("", "cancel", await askedOfCopy("refresh-removal")).ended;
    expect(await due()).toEqual([]);
    const [removal] = await due(new Date(Date.now() + 2 * 3_600_000));
    expect(removal).toMatchObject({ identifier: copy, expiredOn: expiresOn });
    expect(await due()).toEqual([]);
    const removing = of().commands.of("refresh-removal");
    const snapshot = { DBSnapshotIdentifier: "shipshape-copy-of-another-refresh" };
    const { rds } = of().engine.cloud;
    await rds.send(new CreateDBSnapshotCommand({ ...snapshot, DBInstanceIdentifier: copy }));
    const killed = removing.shipshape("in remove the copy", "worker").ended;
    const look = "look at the copy and its stack (before the run)";
    await until("the removal has begun", async () => {
      const { steps } = await of().controlPlane.run(removal!.requestId);
      return steps[look]?.status === "done" || undefined;
    });
    // It would be gone by the last of these looks.
    for (let looks = 0; looks < 20; looks++) {
      expect(await of().instances()).toEqual([identifier, copy]);
      await sleep(200);
    }
    await rds.send(new DeleteDBSnapshotCommand(snapshot));
    expect(await killed).toMatchObject({ signal: "SIGKILL" });
    // Approved while the copy is being removed: it brings nothing back.
    await of().approve(late);
    const run = await of().withWorker(() => of().over(removal!.requestId), removing);
    expect(inBrief(run)).toEqual({ ...good, cleanUp: "none" });
    expect(await of().instances()).toEqual([identifier]);
    expect(await of().withWorker(() => of().over(late), of().commands.of("refresh-extension"))).toMatchObject({
      status: "failed",
    });
    expect(await of().instances()).toEqual([identifier]);
  }, 600_000);
}
