/** What the harness prints and records of whole trains. */
import type { KilledTrain } from "./killed-train";
import { now, type Section } from "./report";
import type { WholeTrain } from "./whole-train";

const wholeHeading = "## A whole train";
const killedHeading = "## A killed train";

export const wholeTrainLines = (train: WholeTrain): string[] => [
  ...train.timetables.flatMap((text) => [text, ""]),
  wholeTrainLine(train),
  ...train.load,
  "",
  ...databaseRows(train),
];

const ended = (problems: string[]): string =>
  problems.length === 0 ? "✓" : `✗ ${problems.length} broken promise${problems.length === 1 ? "" : "s"}`;

const wholeTrainLine = ({ databases, rings, problems, seconds }: WholeTrain): string => {
  const rows = databases.reduce((sum, one) => sum + one.rows, 0);
  return `${databases.length} databases in rings of ${rings.join(", ")}, two of them with a replica and one by blue/green, each with a writing client: ${ended(problems)}, in ${Math.round(seconds / 60)} minutes. ${rows.toLocaleString("en")} rows were acknowledged.`;
};

/** What each client has seen. Two databases are skipped, and the train of these was aborted after its canary. */
const databaseRows = ({ databases }: WholeTrain): string[] => [
  "| database | ring | patched | longest wait for an acknowledgement | rows | of these lost |",
  "|---|---|---|---|---|---|",
  ...databases.map(({ identifier, ring, how, patches, gapMilliseconds, rows, lost }) => {
    const patched = patches === 0 ? "skipped" : patches === 1 ? how : `${patches} times`;
    const gap = `${(gapMilliseconds / 1000).toFixed(2)} s`;
    return `| ${identifier} | ${ring} | ${patched} | ${gap} | ${rows.toLocaleString("en")} | ${lost} |`;
  }),
];

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
    const said = [...[wholeTrainLine(whole), ...whole.load], `Recorded ${now()}.`].map(laidOut);
    const rows = databaseRows(whole).join("\n");
    sections.push([wholeHeading, [...said, rows, `\`\`\`text\n${timetable.trimEnd()}\n\`\`\``].join("\n\n")]);
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
