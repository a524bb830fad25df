/** What is refused of refreshes, in the cloud of environment-refresh.engine.test.ts. */
import { AddTagsToResourceCommand } from "@aws-sdk/client-rds";
import type { EnvironmentRefreshPlan } from "../../../../automation/operations/environment-refresh/plan";
import type { Run } from "../../../../automation/records";
import { request } from "../../../components/declared";
import type { Refreshes } from "./refreshes";
import { profile } from "./source-content";

/** `first` is the refresh whose copy is there. */
export function refusalTests(of: () => Refreshes, first: () => Run): void {
  describe("what is refused", () => {
    test("a column that the profile does not classify, by its name, before anything is made", async () => {
      of().write(profile.replace("      born: { use: date-shift, with: { days: 90 }, perSubject: id }\n", ""));
      const id = await of().requested("staging", 14);
      const run = await of().withWorker(() => of().over(id));
      of().write(profile);
      expect(run).toMatchObject({
        ...{ status: "failed", cleanUp: "none" },
        error: { code: "refresh-not-covered", message: expect.stringContaining("orders.customer.born") as string },
      });
    });

    test("a plan whose profile has changed since it was approved: it is decided on again", async () => {
      const id = await of().requested("staging", 14);
      await of().withWorker(() => of().planned(id));
      await of().approve(id);
      of().write(profile.replace("days: 90", "days: 30"));
      const again = await of().withWorker(() => of().planned(id, 2));
      of().write(profile);
      expect(again).toMatchObject({ status: "waiting", preparation: 2 });
      expect(again.steps).not.toHaveProperty("restore into isolation");
      await of().commands.shipshape("", "cancel", id).ended;
    });

    test("a plan whose schema has changed since it was approved", async () => {
      const id = await of().requested("staging", 14);
      await of().withWorker(() => of().planned(id));
      await of().approve(id);
      // The profile covers it: only the digest tells.
      const widened = (precision: number) =>
        of().as("production", "owner", (query) =>
          query(`alter table orders.invoice alter column total type numeric(${precision}, 2)`),
        );
      await widened(14);
      const again = await of().withWorker(() => of().planned(id, 2));
      expect(again).toMatchObject({ status: "waiting", preparation: 2 });
      expect(again.steps).not.toHaveProperty("restore into isolation");
      await of().commands.shipshape("", "cancel", id).ended;
      await widened(12);
    });

    test("a source that is tagged in the cloud with another owner: a tag there does not say who consents", async () => {
      const arn = (first().plan as EnvironmentRefreshPlan).source.arn;
      const tag = (Value: string) =>
        of().engine.cloud.rds.send(
          new AddTagsToResourceCommand({ ResourceName: arn, Tags: [{ Key: "owner", Value }] }),
        );
      await tag("team-mallory");
      const id = await of().requested("staging", 14);
      const run = await of().withWorker(() => of().over(id));
      await tag(request.owner);
      expect(run).toMatchObject({ status: "failed", cleanUp: "none", error: { code: "refresh-source-uncertain" } });
    });

    test("production as the target, and a copy that would stay too long", async () => {
      const ids = [await of().requested("production", 14), await of().requested("staging", 31)];
      const runs = await of().withWorker(() => Promise.all(ids.map((id) => of().over(id))));
      expect(runs.map(({ error }) => error?.message)).toEqual([
        expect.stringMatching(/production/),
        expect.stringMatching(/31 days, of at most 30/),
      ]);
    });

    test("an approval by the requester", async () => {
      const id = await of().requested("staging", 14);
      const { planDigest: plan = "", requestedBy } = await of().withWorker(() => of().planned(id));
      await expect(
        of().controlPlane.approve(id, { principal: requestedBy, plan, comment: "mine" }),
      ).rejects.toMatchObject({
        code: "approval-own-request",
      });
      await of().commands.shipshape("", "cancel", id).ended;
    });
  });
}
