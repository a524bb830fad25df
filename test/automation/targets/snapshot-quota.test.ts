import { RDSClient, type AccountQuota } from "@aws-sdk/client-rds";
import { snapshotQuota } from "../../../automation/targets/snapshot-quota";
import { allows, policies } from "../../docs/rights/policies";

function clientOf(answer: AccountQuota[] | Error): RDSClient {
  const rds = new RDSClient({ region: "eu-central-1" });
  rds.send = (() =>
    answer instanceof Error ? Promise.reject(answer) : Promise.resolve({ AccountQuotas: answer })) as never;
  return rds;
}

test("the quota of snapshots is found among the others", async () => {
  const rds = clientOf([
    { AccountQuotaName: "DBInstances", Used: 40, Max: 40 },
    { AccountQuotaName: "ManualSnapshots", Used: 0, Max: 250 },
    { AccountQuotaName: "ManualClusterSnapshots", Used: 7, Max: 100 },
  ]);
  expect(await snapshotQuota({ rds })).toEqual({ used: 0, max: 250 });
  expect(allows(policies.worker, "rds:DescribeAccountAttributes", "*")).toBe(true);
});

test("a refusal, and an answer without it, are errors, and no quota without an end", async () => {
  const denied = Object.assign(new Error("not authorized"), { name: "AccessDenied" });
  await expect(snapshotQuota({ rds: clientOf(denied) })).rejects.toMatchObject({
    ...{ code: "fleet-unreadable", message: expect.stringContaining("DescribeAccountAttributes (AccessDenied)") },
  });
  await expect(snapshotQuota({ rds: clientOf([]) })).rejects.toMatchObject({
    message: expect.stringContaining("no quota ManualSnapshots"),
  });
});
