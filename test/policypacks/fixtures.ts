import { claimsOf, type Claims } from "../../policypacks/database-guardrails/authoring/claims";
import {
  judgedBy,
  named,
  resource,
  resourceOf,
  urnOf,
  type Fixture,
  type ResourceFixture,
} from "../../policypacks/database-guardrails/authoring/fixtures";
import { builtIn } from "../../components/standards/built-in";
import type { Finding } from "../../policypacks/database-guardrails/judging/finding";
import type { ResourceFacts } from "../../policypacks/database-guardrails/vocabulary/resource";
import type { Rule, RuleSettings } from "../../policypacks/database-guardrails/judging/rule";
import { callSiteOf, withLocation } from "./claim-location";
import { instance } from "../../policypacks/database-guardrails/vocabulary/types";

export const today = "2026-11-23";

export { named, resource, resourceOf, urnOf, type Fixture, type ResourceFixture };

export const productionTags = {
  service: "orders",
  owner: "team-orders",
  environment: "production",
  tier: "gold",
  "data-classification": "confidential",
  "cost-center": "4711",
  "shipshape:ring": "3",
  "shipshape:stack": "shipshape/database.orders-production",
  "shipshape:backup-plan": "vault-and-copy",
};

/** Names match the tags, like those of standard databases. */
const environmentIn = (tags: unknown): string => {
  const environment = (tags as { environment?: unknown } | undefined)?.environment;
  return environment === "development" || environment === "staging" ? environment : "production";
};

/** A compliant production gold database; `undefined` removes a property. */
export const database = (
  properties: Record<string, unknown> = {},
  more: Partial<ResourceFacts> = {},
): ResourceFixture => ({
  type: instance,
  protect: true,
  properties: {
    identifier: `orders-${environmentIn(properties["tags"])}`,
    engine: "postgres",
    engineVersion: "17.10",
    tags: productionTags,
    backupRetentionPeriod: 35,
    skipFinalSnapshot: false,
    finalSnapshotIdentifier: "orders-production-final-01",
    deleteAutomatedBackups: false,
    copyTagsToSnapshot: true,
    publiclyAccessible: false,
    storageEncrypted: true,
    kmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/1",
    parameterGroupName: "shipshape-postgres17-standard",
    caCertIdentifier: "rds-ca-rsa2048-g1",
    autoMinorVersionUpgrade: false,
    username: "shipshape_admin",
    iamDatabaseAuthenticationEnabled: true,
    manageMasterUserPassword: true,
    enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
    monitoringInterval: 15,
    performanceInsightsEnabled: true,
    multiAz: true,
    deletionProtection: true,
    ...properties,
  },
  ...more,
});

export const tagged = (tags: Record<string, unknown>) => ({
  tags: Object.fromEntries(Object.entries({ ...productionTags, ...tags }).filter(([, value]) => value !== undefined)),
});
export const throwawayTags = tagged({
  "shipshape:ring": undefined,
  "shipshape:run": "261123-1a2b",
  "shipshape:expires-on": "2026-11-24",
}).tags;
/** A restored copy with the tags that a run adds. */
export const throwaway = (properties: Record<string, unknown> = {}) =>
  database({ tags: throwawayTags, restoreToPointInTime: { sourceDbiResourceId: "db-1" }, ...properties });
/** A replica and its source, in the same stack. */
export const withSource = (replica: Record<string, unknown>): [ResourceFixture, ResourceFixture] => [
  database({ identifier: "orders-production-replica", replicateSourceDb: "orders-production", ...replica }),
  named("source", database()),
];

interface JudgeOptions {
  /** Values from a config. */
  options?: object | undefined;
  settings?: Partial<RuleSettings> | undefined;
}

const settingsWith = (more: Partial<RuleSettings> = {}): RuleSettings => ({
  standard: builtIn,
  today,
  audited: new Set(),
  ...more,
});

export const judged = (rule: Rule, fixture: Fixture, { options, settings }: JudgeOptions = {}): Finding[] =>
  judgedBy(rule, fixture, { options, settings: settingsWith(settings) });

/** Tests a rule on named fixtures; the names become test names. A failing case points at its own line. */
export function claims(rule: Rule, { settings, ...given }: Claims & Pick<JudgeOptions, "settings">): void {
  const callSite = callSiteOf(claims);
  describe(rule.id, () => {
    for (const { text, example, failure } of claimsOf(rule, given, settingsWith(settings)))
      test(text, () => withLocation(rule, callSite, example, () => expect(failure()).toBeUndefined()));
  });
}
