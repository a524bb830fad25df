/** What the RDS API says of each DB instance of the account and Region: its properties of one value. */
import { paginateDescribeDBInstances } from "@aws-sdk/client-rds";
import {
  identityOf,
  type ExpectedValue,
  type InstanceProperties,
  type Location,
  type PropertiesAnswer,
} from "../fleet-records";
import type { AwsClients } from "./aws-access";
import { fleetAnswerSeconds } from "./limits";
import { askEach } from "./locations";
import { accountIn, accountOf } from "./queried-cloud";
import { completeList } from "./rds-queries";
import { targetOf } from "./database-instance";

/** Of all these accounts and Regions; of the environment's own if none are given. */
export const fleetProperties = async (locations: readonly Location[]): Promise<PropertiesAnswer> => {
  const { answers, unreachable } = await askEach(locations, async (clients) => {
    const result = await instanceProperties(clients);
    return { result, account: result.account };
  });
  return { answered: answers.map(({ result }) => result), unreachable };
};

/** Errors: fleet-unreadable, and those of an unreachable cloud. */
export async function instanceProperties({ rds: client, sts }: AwsClients): Promise<InstanceProperties> {
  const abortSignal = AbortSignal.timeout(fleetAnswerSeconds * 1000);
  const found = await completeList(
    "DescribeDBInstances",
    () => paginateDescribeDBInstances({ client }, {}, { abortSignal }),
    (page) => page.DBInstances,
    abortSignal,
  );
  const instances = found.map((one) => {
    const values = Object.entries(one).filter(([, value]) => ["string", "number", "boolean"].includes(typeof value));
    const properties = Object.fromEntries(values) as Record<string, ExpectedValue["to"]>;
    return [identityOf(targetOf(one)), properties] as const;
  });
  // Without any instance only STS knows the account.
  const account = accountIn(found.map((one) => one.DBInstanceArn)) ?? (await accountOf(sts));
  return { account, region: await client.config.region(), instances: new Map(instances) };
}
