import type { AlarmState, AlarmStates, FoundAlarm } from "../../../../automation/alarm-records";
import { comparedAlarms as compared } from "../../../../automation/operations/ringed-patch/alarm-comparison";

const alarm = (name: string, state: AlarmState, reason = "", since: Date | null = null): FoundAlarm => ({
  ...{ name, state, reason, since },
});
const comparedAlarms = (states: AlarmStates, now: FoundAlarm[], patchedFrom: Date | null = null) =>
  compared({ states, patchedFrom }, now);

describe.each<[AlarmState | undefined, Record<AlarmState | "gone", string>]>([
  ["OK", { OK: "pass", ALARM: "fail", INSUFFICIENT_DATA: "inconclusive", gone: "inconclusive" }],
  ["ALARM", { OK: "pass", ALARM: "said", INSUFFICIENT_DATA: "said", gone: "said" }],
  ["INSUFFICIENT_DATA", { OK: "pass", ALARM: "fail", INSUFFICIENT_DATA: "said", gone: "said" }],
  [undefined, { OK: "pass", ALARM: "fail", INSUFFICIENT_DATA: "said", gone: "said" }],
])("an alarm that was %s before the patch", (was, expected) => {
  const before: AlarmStates = was === undefined ? {} : { "orders-cpu": was };
  test.each(Object.entries(expected))("and is %s at the end of the watch: %s", (is, verdict) => {
    const { probe, note } = comparedAlarms(before, is === "gone" ? [] : [alarm("orders-cpu", is as AlarmState)]);
    // What is only said is no pass.
    expect(probe?.verdict ?? "said").toBe(verdict);
    expect(note !== null).toBe(verdict === "said");
  });
});

test("one that went off outweighs those that are well, and what CloudWatch says of it is quoted", () => {
  const reason = `Threshold Crossed: 3 datapoints [95.0] were greater than the threshold (80.0).${" ".repeat(300)}`;
  const { probe, note } = comparedAlarms({ cpu: "OK", disk: "OK", memory: "OK", old: "ALARM" }, [
    ...[alarm("cpu", "ALARM", reason), alarm("disk", "OK"), alarm("memory", "INSUFFICIENT_DATA")],
    alarm("old", "ALARM"),
  ]);
  expect(probe).toMatchObject({
    verdict: "fail",
    explanation: expect.stringMatching(/^in ALARM since the patch: cpu \(Threshold Crossed: 3 datapoints/),
  });
  expect(probe!.explanation.length).toBeLessThan(300);
  expect(note).toBe("not compared, as before the patch they were in ALARM (old)");
});

test("one without data since the patch halts the train, whatever else is well", () => {
  expect(comparedAlarms({ cpu: "OK", disk: "OK" }, [alarm("cpu", "OK")]).probe).toEqual({
    verdict: "inconclusive",
    explanation: "OK before the patch, and without data since, or gone: disk",
  });
});

test("alarms that never had data are named, neither pass nor halt, and do not hide those that are well", () => {
  const fresh: AlarmStates = Object.fromEntries([..."abcdefg"].map((name) => [name, "INSUFFICIENT_DATA" as const]));
  const now = Object.keys(fresh).map((name) => alarm(name, "INSUFFICIENT_DATA"));
  expect(comparedAlarms(fresh, now)).toEqual({
    probe: null,
    note: "not compared, as before the patch they were without data (7 of them)",
  });
  expect(comparedAlarms({ ...fresh, z: "OK" }, [...now, alarm("z", "OK")]).probe).toEqual({
    ...{ verdict: "pass", explanation: "1 of 8 alarms is OK" },
  });
});

test("what changed after it was noted and before the patch began says nothing of the patch; what changed since, does", () => {
  const [before, patchedFrom, after] = ["01", "02", "03"].map((day) => new Date(`2026-12-${day}T02:00:00Z`));
  const noted: AlarmStates = { cpu: "OK", disk: "OK" };
  const now = (since: Date) => [alarm("cpu", "ALARM", "high", since), alarm("disk", "INSUFFICIENT_DATA", "", since)];
  expect(comparedAlarms(noted, now(before!), patchedFrom)).toEqual({
    ...{ probe: null, note: "not compared, as before the patch they were in ALARM (cpu) or without data (disk)" },
  });
  expect(comparedAlarms(noted, now(after!), patchedFrom).probe).toMatchObject({ verdict: "fail" });
  // Went off before it was noted, recovered, and went off since: what was noted counts.
  expect(comparedAlarms({ cpu: "ALARM" }, [alarm("cpu", "ALARM", "", after)], patchedFrom).probe).toBeNull();
  expect(comparedAlarms(noted, now(before!), null).probe).toMatchObject({ verdict: "fail" });
});

test("of what is not compared, alarms that had gone off before are named first", () => {
  const { note } = comparedAlarms({ a: "INSUFFICIENT_DATA", b: "ALARM" }, [alarm("c", "INSUFFICIENT_DATA")]);
  expect(note).toBe("not compared, as before the patch they were in ALARM (b) or without data (a) or not there (c)");
});

test("a database that no alarm is about passes nothing, and that is said", () => {
  expect(comparedAlarms({}, [])).toEqual({ probe: null, note: "no alarm of CloudWatch is about it" });
});
