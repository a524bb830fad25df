import type { Finding } from "../../policypacks/database-guardrails/judging/finding";
import { judgeResource, judgeStack } from "../../policypacks/database-guardrails/judging/judge";
import { Resource, Stack, type ResourceFacts } from "../../policypacks/database-guardrails/vocabulary/resource";
import { settingsOf } from "../../policypacks/database-guardrails/judging/options";
import type { Rule, RuleSettings } from "../../policypacks/database-guardrails/judging/rule";
import { callOf, pointingAt } from "./claim-location";
import { contextProperties } from "./context-properties";
import { instance } from "../../policypacks/database-guardrails/vocabulary/types";

export const today = "2026-11-23";

export type Given = Partial<ResourceFacts> & { type: string };
/** The resource that is judged, and those beside it in its stack. */
export type Scene = Given | [Given, ...Given[]];

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

/** Names follow the tags, as a standard database's do. */
const environmentIn = (tags: unknown): string => {
  const environment = (tags as { environment?: unknown } | undefined)?.environment;
  return environment === "development" || environment === "staging" ? environment : "production";
};

/** A production gold database with nothing wrong; `undefined` takes a property away. */
export const database = (properties: Record<string, unknown> = {}, more: Partial<ResourceFacts> = {}): Given => ({
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
/** A restored copy as a run makes it. */
export const throwaway = (properties: Record<string, unknown> = {}) =>
  database({ tags: throwawayTags, restoreToPointInTime: { sourceDbiResourceId: "db-1" }, ...properties });
/** A replica, and its source in the same stack. */
export const withSource = (replica: Record<string, unknown>): [Given, Given] => [
  database({ identifier: "orders-production-replica", replicateSourceDb: "orders-production", ...replica }),
  named("source", database()),
];
export const some = (
  type: string,
  properties: Record<string, unknown> = {},
  more: Partial<ResourceFacts> = {},
): Given => ({ type, properties, ...more });
export const named = (name: string, given: Given): Given => ({ ...given, name });
export const urnOf = (given: Given): string =>
  given.urn ?? `urn:pulumi:test::shipshape::${given.type}::${given.name ?? "orders-instance"}`;

/** What reads a property calls `read` with its name. */
export function resourceOf(given: Given, read?: (property: string) => void): Resource {
  const properties = given.properties ?? {};
  return new Resource({
    urn: urnOf(given),
    name: given.name ?? "orders-instance",
    protect: undefined,
    ignoreChanges: [],
    dependencies: {},
    ...given,
    properties: read ? noting(properties, read) : properties,
  });
}

const noting = (properties: Readonly<Record<string, unknown>>, read: (property: string) => void) =>
  new Proxy(properties, { get: (target, name) => (read(String(name)), Reflect.get(target, name) as unknown) });

interface Asked {
  /** What a config gives. */
  options?: object | undefined;
  settings?: Partial<RuleSettings> | undefined;
  read?: (property: string) => void;
}

export function judged(rule: Rule, scene: Scene, { options, settings, read }: Asked = {}): Finding[] {
  const resources = [scene].flat().map((given) => resourceOf(given as Given, read));
  const all = settingsOf(rule, { today, audited: new Set(), ...settings }, options);
  const [first] = resources;
  const own = [...(first ? judgeResource(rule, first, all) : []), ...judgeStack(rule, new Stack(resources), all)];
  return own.filter(({ urn }) => urn === first?.urn);
}

interface Claims extends Pick<Asked, "options" | "settings"> {
  passes: Record<string, Scene>;
  /** With a part of what the finding must say. */
  fails: Record<string, [Scene, string]>;
  /** Neither: what is not known before deployment. */
  undecided?: Record<string, Scene>;
}

/** A rule and what it says to each fixture; the names are the claims. A case that fails points at its own line. */
export function claims(rule: Rule, { passes, fails, undecided = {}, ...asked }: Claims): void {
  const called = callOf(claims);
  const hold = (what: string, claim: string, holds: () => void) =>
    test(claim, () => pointingAt(rule, called, what, holds));
  describe(rule.id, () => {
    for (const [what, scene] of Object.entries(passes))
      hold(what, `passes ${what}`, () => expect(judged(rule, scene, asked)).toEqual([]));
    for (const [what, [scene, says]] of Object.entries(fails))
      hold(what, `finds ${what}`, () => {
        const findings = judged(rule, scene, asked);
        expect(findings.map(({ kind, rule: id }) => ({ kind, id }))).toContainEqual({ kind: "violation", id: rule.id });
        expect(findings.map(({ message }) => message).join("\n")).toContain(says);
        for (const { message } of findings.filter(({ kind }) => kind === "violation"))
          expect(message).toMatch(/^\S+: .+; allowed: .+\. To change: .+\.$/);
      });
    for (const [what, scene] of Object.entries(undecided))
      hold(what, `leaves ${what} to the state after deployment, and says so`, () => {
        const expected = rule.severity === "low" ? [] : [{ kind: "undecided", level: "advisory" }];
        expect(judged(rule, scene, asked).map(({ kind, level }) => ({ kind, level }))).toEqual(expected);
      });
    hold("", "reads nothing but the properties that it names, and what is context", () => {
      const read = new Set<string>();
      const scenes = [passes, undecided].flatMap((one) => Object.values(one));
      for (const scene of [...scenes, ...Object.values(fails).map(([one]) => one)])
        judged(rule, scene, { ...asked, read: (property) => void read.add(property) });
      const named = [...rule.properties, ...contextProperties];
      expect([...read].filter((property) => !named.includes(property))).toEqual([]);
    });
  });
}
