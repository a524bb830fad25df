/** Pure: what of the facts of a server stops an upgrade of it, and what people should know before it. */
import { settingsChecks } from "./settings-checks";
import { upgradeChecks, type Effect, type UpgradeCheck, type Way } from "./upgrade-checks";
import { isUnread, type DatabaseTopic, type Found, type InstanceTopic, type UpgradeFacts } from "./upgrade-facts";
import { namesShownMax } from "./limits";

export interface UpgradeWay {
  method: "in-place" | "blue-green";
  /** To another major. */
  isMajor: boolean;
  /** The extensions that the new version has, where these are known. */
  extensionsOffered?: readonly string[];
}

/** Phrases, each of which says what to do. */
export interface UpgradeObstacles {
  blocks: string[];
  warns: string[];
}

/** What could not be read has the effect of what could have been found. */
export function upgradeObstacles(
  facts: UpgradeFacts,
  { method, isMajor, extensionsOffered }: UpgradeWay,
): UpgradeObstacles {
  const way: Way = `${isMajor ? "major" : "minor"}-${method}`;
  const said: Record<Exclude<Effect, "-">, string[]> = { blocks: [], warns: [] };
  const say = (effect: Effect, phrase: string | undefined) => {
    if (effect !== "-" && phrase !== undefined) said[effect].push(phrase);
  };
  for (const { topic, on, says } of upgradeChecks) say(on[way], says(foundOf(facts, topic), extensionsOffered));
  for (const { on, says } of settingsChecks) if (!isUnread(facts.settings)) say(on[way], says(facts.settings));
  for (const { what, effect, reasons } of unread(facts, way))
    say(
      effect,
      `it is not known whether it has ${what} (${shortened(reasons)}): let the control plane's role read that`,
    );
  const { notLookedInto } = facts;
  if (notLookedInto.length > 0)
    say(
      worst(upgradeChecks.filter(({ topic }) => !(topic in facts.instance)).map(({ on }) => on[way])),
      `not all of its databases could be looked into (${shortened(notLookedInto.map(({ name, reason }) => `${name}: ${reason}`))}): grant CONNECT on them to the control plane's role, or drop those that nothing needs`,
    );
  return said;
}

/** Of all databases that were looked into, together. */
function foundOf(facts: UpgradeFacts, topic: UpgradeCheck["topic"]): Found {
  if (isOfInstance(facts, topic)) {
    const looked = facts.instance[topic];
    return isUnread(looked) ? { count: 0, names: [] } : looked;
  }
  const found: Found = { count: 0, names: [] };
  for (const { name, topics } of facts.databases) {
    const looked = topics[topic];
    if (isUnread(looked)) continue;
    found.count += looked.count;
    found.names.push(...looked.names.map((one) => `${one} in ${name}`));
  }
  return found;
}

interface UnreadTopic {
  what: string;
  effect: Effect;
  reasons: string[];
}

/** Of checks that look for the same, the strictest. */
function unread(facts: UpgradeFacts, way: Way): UnreadTopic[] {
  const all = new Map<string, UnreadTopic>();
  for (const { topic, what, on } of upgradeChecks) {
    const reasons = reasonsOf(facts, topic);
    const before = all.get(topic);
    if (reasons.length === 0 || (before && worst([before.effect, on[way]]) === before.effect)) continue;
    all.set(topic, { what, effect: on[way], reasons });
  }
  if (isUnread(facts.settings))
    all.set("settings", {
      what: "enough of what logical replication needs",
      effect: worst(settingsChecks.map(({ on }) => on[way])),
      reasons: [facts.settings.unread],
    });
  return [...all.values()];
}

function reasonsOf(facts: UpgradeFacts, topic: UpgradeCheck["topic"]): string[] {
  if (isOfInstance(facts, topic)) {
    const looked = facts.instance[topic];
    return isUnread(looked) ? [looked.unread] : [];
  }
  return facts.databases.flatMap(({ name, topics }) => {
    const looked = topics[topic];
    return isUnread(looked) ? [`${name}: ${looked.unread}`] : [];
  });
}

const isOfInstance = (facts: UpgradeFacts, topic: InstanceTopic | DatabaseTopic): topic is InstanceTopic =>
  topic in facts.instance;

const worst = (effects: readonly Effect[]): Effect =>
  effects.includes("blocks") ? "blocks" : effects.includes("warns") ? "warns" : "-";

const shortened = (texts: string[]): string =>
  [
    ...texts.slice(0, namesShownMax),
    ...(texts.length > namesShownMax ? [`and ${texts.length - namesShownMax} more`] : []),
  ].join("; ");
