/** Resources on which a rule is tried. */
import type { Finding } from "../judging/finding";
import { judgeResource, judgeStack } from "../judging/judge";
import { settingsOf } from "../judging/options";
import type { Rule, RuleSettings } from "../judging/rule";
import { Resource, Stack, type ResourceFacts } from "../vocabulary/resource";

export type ResourceFixture = Partial<ResourceFacts> & { type: string };
/** The resource that is judged, and other resources of its stack. */
export type Fixture = ResourceFixture | [ResourceFixture, ...ResourceFixture[]];

export const resource = (
  type: string,
  properties: Record<string, unknown> = {},
  more: Partial<ResourceFacts> = {},
): ResourceFixture => ({ type, properties, ...more });

export const named = (name: string, given: ResourceFixture): ResourceFixture => ({ ...given, name });

const ownName = "orders-instance";
export const urnOf = (given: ResourceFixture): string =>
  given.urn ?? `urn:pulumi:test::shipshape::${given.type}::${given.name ?? ownName}`;

/** Calls `read` with the name of each property that is read. */
export function resourceOf(given: ResourceFixture, read?: (property: string) => void): Resource {
  const properties = given.properties ?? {};
  return new Resource({
    urn: urnOf(given),
    name: given.name ?? ownName,
    protect: undefined,
    ignoreChanges: [],
    dependencies: {},
    ...given,
    properties: read ? recordingReads(properties, read) : properties,
  });
}

const recordingReads = (properties: Readonly<Record<string, unknown>>, read: (property: string) => void) =>
  new Proxy({ ...properties }, { get: (target, name) => (read(String(name)), Reflect.get(target, name) as unknown) });

interface Judging {
  settings: RuleSettings;
  /** Values from a config. */
  options?: object | undefined;
  read?: (property: string) => void;
}

/** What a rule finds about the first resource. */
export function judgedBy(rule: Rule, fixture: Fixture, { settings, options, read }: Judging): Finding[] {
  const resources = [fixture].flat().map((given) => resourceOf(given as ResourceFixture, read));
  const all = settingsOf(rule, settings, options);
  const [first] = resources;
  const own = [...(first ? judgeResource(rule, first, all) : []), ...judgeStack(rule, new Stack(resources), all)];
  return own.filter(({ urn }) => urn === first?.urn);
}
