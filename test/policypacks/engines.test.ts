import {
  defaultPort,
  isPostgres,
  majorOfFamily,
  offers,
} from "../../policypacks/database-guardrails/vocabulary/engines";
import { rules } from "../../policypacks/database-guardrails/rules";
import { database, judged, resourceOf } from "./fixtures";

/** A database with every feature that its engine has, and none that it does not have. */
const best = (engine: string, lacking: Record<string, unknown>) =>
  database({
    engine,
    engineVersion: "16.00.4085.2.v1",
    enabledCloudwatchLogsExports: [],
    parameterGroupName: `default.${engine}`,
    ...lacking,
  });

describe("no rule requires a feature that RDS does not offer for the engine", () => {
  const noIam = { iamDatabaseAuthenticationEnabled: undefined };
  test.each([
    ["sqlserver-se", noIam],
    ["SQLSERVER-EE", noIam],
    ["sqlserver-ex", { ...noIam, multiAz: false }],
    ["sqlserver-web", { ...noIam, multiAz: false }],
    ["oracle-ee", noIam],
    ["oracle-se2-cdb", noIam],
    ["db2-se", { ...noIam, performanceInsightsEnabled: false }],
    [
      "custom-oracle-ee",
      {
        ...noIam,
        performanceInsightsEnabled: false,
        monitoringInterval: 0,
        manageMasterUserPassword: undefined,
        tags: undefined,
        autoMinorVersionUpgrade: false,
      },
    ],
    ["mysql", {}],
    ["mariadb", {}],
  ])("%s", (engine, lacking) => {
    const resource = best(engine, lacking);
    const found = rules.flatMap((rule) => judged(rule, resource).map((finding) => finding.rule));
    // These are about the rest of the stack, and about tags on the one database without them.
    const unrelated = [
      "require-alarms",
      "require-event-subscription",
      ...("tags" in lacking ? ["require-owner-tags", "require-standard-name", "require-backup-plan"] : []),
    ];
    expect(found.filter((rule) => !unrelated.includes(rule))).toEqual([]);
  });
});

test("a database without an engine counts as PostgreSQL, and every rule applies", () => {
  const withoutEngine = resourceOf(database({ engine: undefined }));
  expect([isPostgres(withoutEngine), offers(withoutEngine, "iamAuthentication"), defaultPort(withoutEngine)]).toEqual([
    true,
    true,
    5432,
  ]);
});

test("engines and families are compared case-insensitively, like in RDS", () => {
  expect(isPostgres(resourceOf(database({ engine: "Aurora-PostgreSQL" })))).toBe(true);
  expect([majorOfFamily("POSTGRES17"), majorOfFamily("aurora-postgresql16"), majorOfFamily("mysql8.0")]).toEqual([
    17,
    16,
    undefined,
  ]);
});

test("Aurora Serverless v1 does not offer IAM authentication", () => {
  expect(
    offers(resourceOf(database({ engine: "aurora-postgresql", engineMode: "serverless" })), "iamAuthentication"),
  ).toBe(false);
  expect(
    offers(resourceOf(database({ engine: "aurora-postgresql", engineMode: "provisioned" })), "iamAuthentication"),
  ).toBe(true);
});
