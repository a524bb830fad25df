import {
  defaultPort,
  isPostgres,
  majorOfFamily,
  offers,
} from "../../policypacks/database-guardrails/vocabulary/engines";
import { rules } from "../../policypacks/database-guardrails/rules";
import { database, judged, resourceOf } from "./fixtures";

/** A database with all that its engine can have, and nothing of what it cannot. */
const best = (engine: string, lacking: Record<string, unknown>) =>
  database({
    engine,
    engineVersion: "16.00.4085.2.v1",
    enabledCloudwatchLogsExports: [],
    parameterGroupName: `default.${engine}`,
    ...lacking,
  });

describe("no rule asks for what RDS does not have for an engine", () => {
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
    const scene = best(engine, lacking);
    const asked = rules.flatMap((rule) => judged(rule, scene).map((finding) => finding.rule));
    // These are about the stack around it, and the tags of the one that has none.
    const around = [
      "require-alarms",
      "require-event-subscription",
      ...("tags" in lacking ? ["require-owner-tags", "require-standard-name", "require-backup-plan"] : []),
    ];
    expect(asked.filter((rule) => !around.includes(rule))).toEqual([]);
  });
});

test("an engine that nobody names is taken for PostgreSQL, and asked for everything", () => {
  const silent = resourceOf(database({ engine: undefined }));
  expect([isPostgres(silent), offers(silent, "iamAuthentication"), defaultPort(silent)]).toEqual([true, true, 5432]);
});

test("an engine and a family are read as RDS reads them, without case", () => {
  expect(isPostgres(resourceOf(database({ engine: "Aurora-PostgreSQL" })))).toBe(true);
  expect([majorOfFamily("POSTGRES17"), majorOfFamily("aurora-postgresql16"), majorOfFamily("mysql8.0")]).toEqual([
    17,
    16,
    undefined,
  ]);
});

test("Aurora Serverless of the first version has no logins by IAM", () => {
  expect(
    offers(resourceOf(database({ engine: "aurora-postgresql", engineMode: "serverless" })), "iamAuthentication"),
  ).toBe(false);
  expect(
    offers(resourceOf(database({ engine: "aurora-postgresql", engineMode: "provisioned" })), "iamAuthentication"),
  ).toBe(true);
});
