/** What the harness prints and records of whole trains. */
import type { KilledTrain } from "./killed-train";
import { now, type Section } from "./report";
import type { WholeTrain } from "./whole-train";

const wholeHeading = "## A whole train";
const killedHeading = "## A killed train";

export const wholeTrainLines = (train: WholeTrain): string[] => [
  ...train.timetables.flatMap((text) => [text, ""]),
  wholeTrainLine(train),
  gapsLine(train),
  ...train.load,
];

const ended = (problems: string[]): string =>
  problems.length === 0 ? "✓" : `✗ ${problems.length} broken promise${problems.length === 1 ? "" : "s"}`;

const wholeTrainLine = ({ databases, rings, problems, rows, seconds }: WholeTrain): string =>
  `${databases} databases in rings of ${rings.join(", ")}, two of them with a replica, each with a writing client: ${ended(problems)}, in ${Math.round(seconds / 60)} minutes. ${rows.toLocaleString("en")} rows were acknowledged.`;

/** By what the client of each has waited at most. */
function gapsLine({ gaps }: WholeTrain): string {
  const sorted = Object.entries(gaps).sort(([, one], [, other]) => one - other);
  const said = sorted.map(([name, milliseconds]) => `${name} ${(milliseconds / 1000).toFixed(2)} s`);
  return `The longest that each client waited for an acknowledgement: ${said.join(", ")}.`;
}

export function killedTrainLine({ trials, randomKills, problems, seconds }: KilledTrain): string {
  const all = Object.values(trials).flat();
  const broken = [...problems, ...all.flatMap((trial) => trial.problems)];
  return `Six databases in rings of 1, 2, 1, 2; workers were killed (SIGKILL) twice at each of ${all.length} steps, then at ${randomKills} random moments: ${ended(broken)}, in ${Math.round(seconds / 60)} minutes.`;
}

/** Prose is laid out as the page's is. */
export function trainSections(whole: WholeTrain | undefined, killed: KilledTrain | undefined): Section[] {
  const sections: Section[] = [];
  if (whole) {
    const [timetable = ""] = whole.timetables;
    const said = [...[wholeTrainLine(whole), gapsLine(whole), ...whole.load], `Recorded ${now()}.`];
    sections.push([wholeHeading, [...said.map(laidOut), `\`\`\`text\n${timetable.trimEnd()}\n\`\`\``].join("\n\n")]);
  }
  if (killed) sections.push([killedHeading, laidOut(`${killedTrainLine(killed)} Recorded ${now()}.`)]);
  return sections;
}

const columns = 120;
function laidOut(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (longer.length <= columns) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.join("\n");
}
