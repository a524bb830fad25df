/** Pure: a train's plan as people read and approve it. */
import { namesOf } from "../../fleet-records";
import { printable } from "../../printable";
import { namedMax } from "./limits";
import type { AgeWaiver } from "./minor-age";
import type { Growth, LeftDatabase, PlannedDatabase, Ring } from "./rings";
import { shortageText, type SnapshotShortage } from "./snapshot-quotas";

interface Shown {
  to: string;
  releasedOn: string | null;
  rings: Ring[];
  growth: Growth;
  left: LeftDatabase[];
  patched: number;
  window: string | null;
  comparesLoad: boolean;
  ageWaiver: AgeWaiver | null;
  snapshotShortages: SnapshotShortage[];
  unknownNames: string[];
  unread: string[];
}

export function trainText(plan: Shown, scope: string): string {
  const { to, rings, left, patched, window, comparesLoad, ageWaiver, unknownNames, unread } = plan;
  const all = rings.flatMap(({ databases }) => databases);
  const nameOf = namesOf([...all, ...left]);
  const width = Math.max(0, ...all.map((one) => nameOf(one).length));
  const largest = Math.max(...rings.map(({ databases }) => databases.length));
  const ringLines = ({ number, databases, atOnce, bakeSeconds, wayBackLossSecondsMax }: Ring): string[] => [
    "",
    `ring ${number}: ${count(databases.length, "database")}, ${atOnce} at once, then ${duration(bakeSeconds)} of watching`,
    ...databases
      .slice(0, namedMax)
      .map(
        (one) =>
          `  ${nameOf(one).padEnd(width)}  ${one.from} → ${to}  ${methodText(one)}  ${one.environment} ${one.tier}, ${rehearsalText(one)}${checksText(one)}`,
      ),
    ...(databases.length > namedMax ? [`  and ${databases.length - namedMax} more`] : []),
    `  way back: forward to the next minor, nothing lost; or a restore to the second before, which loses up to ${wayBackLossSecondsMax} s of writes`,
    ...(databases.some(({ method }) => method === "blue-green")
      ? [
          `  by blue/green: before the switchover nothing is lost; after it the old instance is a way back, too, which loses up to ${wayBackLossSecondsMax} s of writes`,
        ]
      : []),
  ];
  return [
    `PostgreSQL ${to} (${plan.releasedOn === null ? "released on a day that is not known" : `released ${plan.releasedOn}`}) for ${scope}:`,
    `${count(all.length, "database")} in ${count(rings.length, "ring")}, the largest of ${largest}; ${window === null ? "each in its own maintenance window, or when its owning team approves" : `in the window ${window} UTC`}.`,
    "Each is interrupted once, for as long as a restart; one with Multi-AZ too: RDS patches both halves at once.",
    ...(all.some(({ method }) => method === "blue-green")
      ? [
          "By blue/green for as long as the switchover: the name moves to another resource id, and the old instance is kept.",
        ]
      : []),
    "A ring begins when the one before it was watched and is well; otherwise nothing further is patched.",
    grows(plan.growth),
    comparesLoad
      ? "Well is what API, server and alarms say, and a load that is no worse than before; too little load halts the train, too."
      : "Well is what API, server and alarms say. The load is not compared (--compare-load).",
    ...(ageWaiver === null
      ? []
      : [
          `No tier waits for the age of ${to}: ${ageWaiver.reason}, waived until ${ageWaiver.expiresOn} by who approves this.`,
        ]),
    ...plan.snapshotShortages.map(shortageText),
    ...rings.flatMap(ringLines),
    "",
    `not in this train: ${left.length}; patched already: ${patched}`,
    ...left.slice(0, namedMax).map((one) => `  ${nameOf(one)}: ${one.kind}, ${one.detail}`),
    ...(left.length > namedMax ? [`  and ${left.length - namedMax} more`] : []),
    ...unknownNames.slice(0, namedMax).map((one) => `waits for what no database is called: ${one}`),
    ...unread.map((one) => `not asked: ${one}`),
  ]
    .map(printable)
    .join("\n");
}

/** What is asked besides: people approve it with the plan, which quotes it. */
const checksText = ({ teamChecks = [] }: PlannedDatabase): string =>
  teamChecks.length === 0 ? "" : `, asks ${teamChecks.map(({ name }) => name).join(", ")}`;

const rehearsalText = ({ rehearsal }: PlannedDatabase): string =>
  rehearsal ? `away for ${rehearsal.downtimeSeconds} s when rehearsed on a copy of ${rehearsal.of}` : "not rehearsed";

const grows = ({ factor, canaryOfEach }: Growth): string =>
  `No ring is more than ${factor} times as large as the largest before it; ${canaryOfEach ? "each tier begins with one database" : "only the first ring is one database, and stricter tiers have no canary of their own"}.`;

const methodText = ({ method, methodReason }: PlannedDatabase): string =>
  `${method === "blue-green" ? "blue/green" : "in place"}${methodReason === undefined ? "" : `, ${methodReason}`}`;

const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;

export function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 6) / 10} hours`;
}
