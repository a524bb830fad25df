/** Until when RDS supports the majors of what runs, from `DescribeDBMajorEngineVersions`. */
import {
  paginateDescribeDBMajorEngineVersions,
  type DBCluster,
  type DBInstance,
  type DBMajorEngineVersion,
  type RDSClient,
} from "@aws-sdk/client-rds";
import { majorOf } from "../version-records";
import type { RdsQueries } from "./rds-queries";

/** The last day of standard support, `YYYY-MM-DD`, by engine and major: "aurora-postgresql 17". */
export type SupportEnds = Readonly<Record<string, string | undefined>>;

export const supportEndOf = (ends: SupportEnds, { Engine = "", EngineVersion = "" }: DBInstance | DBCluster) =>
  ends[`${Engine} ${majorOf(EngineVersion)}`];

/** Of the engines of PostgreSQL among these; without those that RDS does not list. */
export async function supportEndsOf(
  client: RDSClient,
  queries: RdsQueries,
  databases: readonly (DBInstance | DBCluster)[],
): Promise<SupportEnds> {
  const engines = [...new Set(databases.map(({ Engine = "" }) => Engine))].filter((one) => one.includes("postgres"));
  const ends: Record<string, string> = {};
  for (const engine of engines.sort()) {
    const majors = await queries.all(
      "DescribeDBMajorEngineVersions",
      () => paginateDescribeDBMajorEngineVersions({ client }, { Engine: engine }),
      (page) => page.DBMajorEngineVersions,
    );
    for (const one of majors) {
      const day = standardEndOf(one);
      if (day !== null) ends[`${engine} ${one.MajorEngineVersion}`] = day;
    }
  }
  return ends;
}

export function standardEndOf({ SupportedEngineLifecycles: lifecycles = [] }: DBMajorEngineVersion): string | null {
  const found = lifecycles.find((one) => one.LifecycleSupportName === "open-source-rds-standard-support");
  return found?.LifecycleSupportEndDate?.toISOString().slice(0, 10) ?? null;
}
