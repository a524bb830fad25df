/**
 * Pure: what the alarms of a database say at the end of the watch, against what they said before its patch. One that was
 * not OK before says nothing of the patch, unless it is OK now: it is named, and neither passes nor halts.
 */
import type { AlarmState, AlarmStates, FoundAlarm, NotedAlarms } from "../../alarm-records";
import { shortened } from "../../printable";
import type { GateVerdict } from "../../train-records";
import { alarmReasonCharactersMax, alarmsNamedMax } from "./limits";

export interface ComparedAlarms {
  /** None, where nothing can be compared. */
  probe: { verdict: GateVerdict; explanation: string } | null;
  /** What is not compared. */
  note: string | null;
}

export function comparedAlarms(noted: NotedAlarms, now: readonly FoundAlarm[]): ComparedAlarms {
  const is = new Map(now.map((one) => [one.name, one]));
  const before = whenPatched(noted, now);
  const names = [...new Set([...Object.keys(before), ...is.keys()])].sort();
  if (names.length === 0) return { probe: null, note: "no alarm of CloudWatch is about it" };
  const kinds: Record<Kind, string[]> = { raised: [], silent: [], well: [], "not compared": [] };
  for (const name of names) kinds[kindOf(before[name], is.get(name)?.state)].push(name);
  const left = kinds["not compared"];
  const note = left.length === 0 ? null : `not compared, as before the patch they were ${notOk(left, before)}`;
  return { probe: probeOf(kinds, is), note };
}

/** A patch may wait for days after its alarms were noted: one that has its state for longer had it before, too. */
function whenPatched({ states, patchedFrom }: NotedAlarms, now: readonly FoundAlarm[]): AlarmStates {
  const older = now.filter(({ since }) => since !== null && patchedFrom !== null && since < patchedFrom);
  return { ...states, ...Object.fromEntries(older.map(({ name, state }) => [name, state])) };
}

/** What had gone off before comes first. */
function notOk(left: readonly string[], before: AlarmStates): string {
  const were = (words: string, state: AlarmState | undefined) => {
    const names = left.filter((name) => before[name] === state);
    if (names.length === 0) return [];
    // Where nothing is measured, all of them: their names would say no more.
    const isMany = state !== "ALARM" && names.length > alarmsNamedMax;
    return [`${words} (${isMany ? `${names.length} of them` : named(names)})`];
  };
  return [
    ...were("in ALARM", "ALARM"),
    ...were("without data", "INSUFFICIENT_DATA"),
    ...were("not there", undefined),
  ].join(" or ");
}

type Kind = "raised" | "silent" | "well" | "not compared";

/** Undefined: there is no such alarm. */
function kindOf(was: AlarmState | undefined, is: AlarmState | undefined): Kind {
  if (is === "ALARM") return was === "ALARM" ? "not compared" : "raised";
  if (is === "OK") return "well";
  return was === "OK" ? "silent" : "not compared";
}

function probeOf(kinds: Record<Kind, string[]>, is: ReadonlyMap<string, FoundAlarm>): ComparedAlarms["probe"] {
  const { raised, silent, well } = kinds;
  if (raised.length > 0) {
    const why = (name: string) => shortened(is.get(name)?.reason ?? "", alarmReasonCharactersMax);
    return {
      verdict: "fail",
      explanation: `in ALARM since the patch: ${named(raised, (name) => `${name} (${why(name)})`)}`,
    };
  }
  if (silent.length > 0)
    return {
      verdict: "inconclusive",
      explanation: `OK before the patch, and without data since, or gone: ${named(silent)}`,
    };
  if (well.length === 0) return null;
  const all = well.length + kinds["not compared"].length;
  return { verdict: "pass", explanation: `${well.length} of ${all} alarms ${well.length === 1 ? "is" : "are"} OK` };
}

function named(names: readonly string[], text = (name: string) => name): string {
  const more = names.length - alarmsNamedMax;
  return names.slice(0, alarmsNamedMax).map(text).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
