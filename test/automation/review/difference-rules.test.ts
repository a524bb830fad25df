import type { Compared, FoundDifference } from "../../../automation/difference-records";
import { afterAbsent, afterSeen, type Look, type StoredDifference } from "../../../automation/review/difference-rules";

const at = (minute: number) => new Date(Date.UTC(2026, 10, 27, 12, minute));
const difference = (change: Partial<FoundDifference> = {}) =>
  ({ key: "k", source: "resources", place: "instance orders", actual: "false", ...change }) as FoundDifference;
const stored = (change: Partial<StoredDifference> = {}): StoredDifference => ({
  ...{ id: "drift-1", isOpen: true, isGone: false, followedUpAt: null, difference: difference(), lookedAt: at(10) },
  ...change,
});
const answered = { isOpen: false };
const look = (minute: number, change: Partial<Look> = {}): Look[] => [
  { source: "resources", lookedAt: at(minute), unread: [], ...change },
];

describe("a difference that is seen", () => {
  test.each([
    ["opened", "for the first time", undefined, {}, []],
    ["seen", "again, while it is open", stored(), {}, []],
    ["changed", "with another value", stored(), { actual: "none" }, []],
    ["opened", "after a detection no longer found it", stored({ isOpen: false, isGone: true }), {}, []],
    ["answered", "as a person has accepted it", stored(answered), {}, []],
    ["opened", "with another value than was accepted", stored(answered), { actual: "none" }, []],
    ["answered", "while the follow-up has not ended", stored({ ...answered, followedUpAt: null }), {}, []],
    [
      "answered",
      "by a look from before the end of the follow-up",
      stored({ ...answered, followedUpAt: at(25) }),
      {},
      [],
    ],
    ["opened", "although its follow-up has ended", stored({ ...answered, followedUpAt: at(15) }), {}, []],
    ["outdated", "by an older look than the last", stored({ lookedAt: at(30) }), {}, []],
    ["outdated", "for the first time, and a newer look did not find it", undefined, {}, look(30)],
    [
      "opened",
      "for the first time, and a newer look could not read it",
      undefined,
      {},
      look(30, { unread: ["instance orders"] }),
    ],
    [
      "opened",
      "for the first time, and a newer look was at another part",
      undefined,
      {},
      look(30, { source: "access" }),
    ],
    ["opened", "for the first time, after an older look without it", undefined, {}, look(5)],
  ] as const)("is %s %s", (after, _, before, change, looks) => {
    expect(afterSeen(before, difference(change), at(20), looks)).toBe(after);
  });
});

describe("a difference that is no longer seen", () => {
  const compared: Compared = { differences: [], sources: ["resources"], unread: [] };
  test.each([
    ["closed", "if its part was compared", stored(), compared],
    ["gone", "if it was accepted: another time needs another answer", stored(answered), compared],
    ["unknown", "if its part was not compared", stored(), { ...compared, sources: ["access"] }],
    ["unknown", "if its place could not be read", stored(), { ...compared, unread: ["instance orders"] }],
    ["unknown", "by an older look than the last", stored({ lookedAt: at(30) }), compared],
    ["unknown", "if it is gone already", stored({ isOpen: false, isGone: true }), compared],
  ] as const)("is %s %s", (after, _, before, given) => {
    expect(afterAbsent(before, given, at(20))).toBe(after);
  });
});
