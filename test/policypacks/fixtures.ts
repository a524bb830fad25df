import { builtIn } from "../../components/standards/built-in";
import type { Finding } from "../../policypacks/database-guardrails/judging/finding";
import { judgeResource, judgeStack } from "../../policypacks/database-guardrails/judging/judge";
import { Resource, Stack, type ResourceFacts } from "../../policypacks/database-guardrails/vocabulary/resource";
import { settingsOf } from "../../policypacks/database-guardrails/judging/options";
import type { Rule, RuleSettings } from "../../policypacks/database-guardrails/judging/rule";
import { callSiteOf, withLocation } from "./claim-location";
import { contextProperties } from "./context-properties";
import { instance } from "../../policypacks/database-guardrails/vocabulary/types";

export const today = "2026-11-23";

export type ResourceFixture = Partial<ResourceFacts> & { type: string };
/** The resource that is judged, and other resources of its stack. */
export type Fixture = ResourceFixture | [ResourceFixture, ...ResourceFixture[]];

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
export const resource = (
  type: string,
  properties: Record<string, unknown> = {},
  more: Partial<ResourceFacts> = {},
): ResourceFixture => ({ type, properties, ...more });
export const named = (name: string, given: ResourceFixture): ResourceFixture => ({ ...given, name });
export const urnOf = (given: ResourceFixture): string =>
  given.urn ?? `urn:pulumi:test::shipshape::${given.type}::${given.name ?? "orders-instance"}`;

/** Calls `read` with the name of each property that is read. */
export function resourceOf(given: ResourceFixture, read?: (property: string) => void): Resource {
  const properties = given.properties ?? {};
  return new Resource({
    urn: urnOf(given),
    name: given.name ?? "orders-instance",
    protect: undefined,
    ignoreChanges: [],
    dependencies: {},
    ...given,
    properties: read ? recordingReads(properties, read) : properties,
  });
}

const recordingReads = (properties: Readonly<Record<string, unknown>>, read: (property: string) => void) =>
  new Proxy(properties, { get: (target, name) => (read(String(name)), Reflect.get(target, name) as unknown) });

interface JudgeOptions {
  /** Values from a config. */
  options?: object | undefined;
  settings?: Partial<RuleSettings> | undefined;
  read?: (property: string) => void;
}

export function judged(rule: Rule, fixture: Fixture, { options, settings, read }: JudgeOptions = {}): Finding[] {
  const resources = [fixture].flat().map((given) => resourceOf(given as ResourceFixture, read));
  const all = settingsOf(rule, { standard: builtIn, today, audited: new Set(), ...settings }, options);
  const [first] = resources;
  const own = [...(first ? judgeResource(rule, first, all) : []), ...judgeStack(rule, new Stack(resources), all)];
  return own.filter(({ urn }) => urn === first?.urn);
}

interface Claims extends Pick<JudgeOptions, "options" | "settings"> {
  passes: Record<string, Fixture>;
  /** With a part of the expected message. */
  fails: Record<string, [Fixture, string]>;
  /** Undecided: a value is unknown before deployment. */
  undecided?: Record<string, Fixture>;
}

/** Tests a rule on named fixtures; the names become test names. A failing case points at its own line. */
export function claims(rule: Rule, { passes, fails, undecided = {}, ...options }: Claims): void {
  const callSite = callSiteOf(claims);
  const check = (what: string, claim: string, assertion: () => void) =>
    test(claim, () => withLocation(rule, callSite, what, assertion));
  describe(rule.id, () => {
    for (const [what, fixture] of Object.entries(passes))
      check(what, `passes ${what}`, () => expect(judged(rule, fixture, options)).toEqual([]));
    for (const [what, [fixture, message]] of Object.entries(fails))
      check(what, `finds ${what}`, () => {
        const findings = judged(rule, fixture, options);
        expect(findings.map(({ kind, rule: id }) => ({ kind, id }))).toContainEqual({ kind: "violation", id: rule.id });
        expect(findings.map((finding) => finding.message).join("\n")).toContain(message);
        for (const finding of findings.filter(({ kind }) => kind === "violation"))
          expect(finding.message).toMatch(/^\S+: .+; allowed: .+\. To fix: .+\.$/);
      });
    for (const [what, fixture] of Object.entries(undecided))
      check(what, `cannot decide ${what} before deployment, and says so`, () => {
        const expected = rule.severity === "low" ? [] : [{ kind: "undecided", level: "advisory" }];
        expect(judged(rule, fixture, options).map(({ kind, level }) => ({ kind, level }))).toEqual(expected);
      });
    check("", "reads only the properties that it lists and context properties", () => {
      const read = new Set<string>();
      const fixtures = [passes, undecided].flatMap((one) => Object.values(one));
      for (const fixture of [...fixtures, ...Object.values(fails).map(([one]) => one)])
        judged(rule, fixture, { ...options, read: (property) => void read.add(property) });
      const named = [...rule.properties, ...contextProperties];
      expect([...read].filter((property) => !named.includes(property))).toEqual([]);
    });
  });
}
