import type { Toil } from "../policy/toil";
import type { CommandContext } from "./command-context";
import { withRecords } from "./open-records";
import { table } from "./layout";

/** `shipshape metrics`: how many requests needed a person, by operation and admission rule. */
export async function metrics(
  { since: seconds, json }: { since: number; json?: boolean },
  { settings, terminal }: CommandContext,
): Promise<void> {
  const until = new Date();
  const from = new Date(until.getTime() - seconds * 1000);
  await withRecords(settings, async (records) => {
    const toil = await records.toil(from, until);
    if (json) return terminal.json("metrics", { from, until, toil: toil.map(toilRecord) });
    terminal.say(`requests decided on since ${from.toISOString()}`);
    if (toil.length === 0) return terminal.say("none");
    for (const line of table(
      ["OPERATION", "REQUESTS", "NEEDED A PERSON", "ANSWERED IN", "RULES"],
      toil.map(row),
      terminal.columns,
    ))
      terminal.say(line);
  });
}

const shareOf = ({ requests, neededPerson }: Toil) => neededPerson / requests;
const toilRecord = (toil: Toil) => ({ ...toil, share: shareOf(toil) });

const row = (toil: Toil): string[] => [
  toil.operation,
  String(toil.requests),
  `${toil.neededPerson} (${Math.round(100 * shareOf(toil))} %)`,
  toil.medianAnswerSeconds === null ? "-" : inWords(toil.medianAnswerSeconds),
  toil.rules.map(({ id, requests }) => `${id} ${requests}`).join(", ") || "-",
];

/** To one place: people wait for hours. */
function inWords(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
