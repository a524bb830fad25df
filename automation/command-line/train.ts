import { identityOf, namesOf, type TargetDatabase } from "../fleet-records";
import { printable } from "../printable";
import type { Run } from "../records";
import type { RingState, Train, TrainDecision, TrainWord } from "../train-records";
import type { CommandContext } from "./command-context";
import { table, wrapped } from "./layout";
import { waysBackMax } from "./limits";
import { withControlPlane } from "./open-control-plane";
import { principal, withRecords } from "./open-records";
import type { Terminal } from "./terminal";
import { trainNow } from "./train-now";

export type TrainCommand = Exclude<TrainWord, "promote">;

export interface DecisionOptions {
  reason: string;
  database?: string;
  json?: boolean;
}

/** As far as the plan of a train is read here. */
interface Planned {
  to: string;
  rings: { number: number; databases: (TargetDatabase & { from: string })[] }[];
  left: { identifier: string; kind: string; detail: string }[];
}

/** A database of a train: patched, or what keeps it. */
interface Stop {
  ring: number;
  identifier: string;
  account: string;
  region: string;
  from: string;
  /** not-patched: the train is over, and its turn did not come. */
  state: "waiting" | "patching" | "patched" | "failed" | "inconclusive" | "error" | "skipped" | "not-patched";
  /** When its patch was begun, and when that had ended. */
  began: Date | null;
  ended: Date | null;
  requestId: string | null;
}

interface ShownRing {
  number: number;
  databases: number;
  state: RingState;
  since: Date | null;
}

/** `shipshape train show`. */
export async function showTrain(
  id: string,
  { json }: { json?: boolean },
  { settings, terminal }: CommandContext,
): Promise<void> {
  await withRecords(settings, async (records) => {
    const [run, train] = [await records.run(id), await records.train(id)];
    const { to = "", rings = [], left = [] } = (run.plan ?? {}) as Partial<Planned>;
    const [children, workers] = [await records.children(id), await records.workers()];
    const stops = stopsOf(rings, train, children, run.finishedAt !== undefined);
    const now = trainNow({ run, train, children, workers, now: new Date() });
    const decisions = train.decisions.map((one) => {
      return { ...one, gate: one.gate?.verdict ?? null, notes: one.gate?.notes ?? [] };
    });
    const shownRings = rings.map(({ number, databases }) => ({
      ...{ number, databases: databases.length, state: stateOf(train, number) },
      since: train.rings.find((one) => one.number === number)?.since ?? null,
    }));
    if (json)
      return terminal.json("train show", {
        ...{ id, status: run.status, to, now, rings: shownRings, databases: stops, left },
        decisions: decisions.map(({ waiver, ...one }) => ({ ...one, waiver: waiver?.id ?? null })),
      });
    terminal.say(`${terminal.style("bold", `train ${id}`)}   ${printable(run.target ?? "")}   ${run.status}`);
    reportRings(shownRings, stops, terminal);
    if (now.length > 0) terminal.say("\nnow:");
    for (const line of now) for (const one of wrapped(" ", line, "    ", terminal.columns)) terminal.say(one);
    reportStops(stops, shownRings, terminal);
    if (left.length > 0) terminal.say("\nnot in this train:");
    for (const { identifier, detail } of left)
      for (const line of wrapped(" ", printable(`${identifier}: ${detail}`), "    ", terminal.columns))
        terminal.say(line);
    if (train.decisions.length > 0) terminal.say("\ndecided:");
    for (const one of train.decisions) reportDecision(one, terminal);
    reportNext(id, train, run, terminal);
    reportWaysBack(stops, shownRings, terminal);
  });
}

const stateOf = ({ rings }: Train, number: number): RingState =>
  rings.find((one) => one.number === number)?.state ?? "waiting";

function stopsOf(rings: Planned["rings"], train: Train, children: Run[], isOver: boolean): Stop[] {
  const { databases } = train;
  const known = new Map(databases.map((one) => [one.identity, one]));
  // Those that were requested later come later.
  const runs = new Map(children.flatMap((run) => (run.target === undefined ? [] : [[keyOfRun(run), run] as const])));
  return rings.flatMap(({ number, databases: together }) => {
    const willCome = !isOver && stateOf(train, number) !== "aborted";
    return together.map((one): Stop => {
      const run = runs.get(identityOf(one));
      const isSkipped = known.get(identityOf(one))?.waiver !== undefined && known.get(identityOf(one))?.waiver !== null;
      const { identifier, account, region, from } = one;
      const state = run?.verdict === "pass" ? "patched" : isSkipped ? "skipped" : stopState(run, willCome);
      const { startedAt: began = null, finishedAt: ended = null, requestId = null } = run ?? {};
      return { ring: number, identifier, account, region, from, state, began, ended, requestId };
    });
  });
}

const keyOfRun = ({ plan, target = "" }: Run): string => (plan?.database ? identityOf(plan.database) : target);

function stopState(run: Run | undefined, willCome: boolean): Stop["state"] {
  if (!run) return willCome ? "waiting" : "not-patched";
  if (!run.finishedAt) return "patching";
  if (run.status !== "succeeded") return "error";
  return run.verdict === "fail" ? "failed" : "inconclusive";
}

function reportRings(rings: readonly ShownRing[], stops: Stop[], terminal: Terminal): void {
  const rows = rings.map(({ number, databases, state, since }) => {
    const patched = stops.filter((one) => one.ring === number && one.state === "patched").length;
    return [String(number), word(state, terminal), since ? minute(since) : "-", `${patched} of ${databases} patched`];
  });
  for (const line of table(["RING", "STATE", "SINCE (UTC)", "DATABASES"], rows, terminal.columns)) terminal.say(line);
}

/** When each was patched, and where to look if it is not well. */
function reportStops(stops: Stop[], rings: readonly ShownRing[], terminal: Terminal): void {
  const nameOf = namesOf(stops);
  const aborted = new Set(rings.flatMap(({ number, state }) => (state === "aborted" ? [number] : [])));
  const notPatched = (ring: number) => `not patched: ${aborted.has(ring) ? "aborted" : "the train is over"}`;
  const rows = stops.map((one) => {
    const { ring, began, ended, from, state } = one;
    // A patch seldom lasts over midnight; then the day of its end is said, too.
    const end = ended && (isSameDay(began, ended) ? minute(ended).slice(11) : day(ended));
    const is = state === "not-patched" ? notPatched(ring) : state;
    return [String(ring), began ? day(began) : "-", end ?? "-", from, is, printable(nameOf(one))];
  });
  terminal.say();
  for (const line of table(["RING", "BEGAN", "ENDED", "FROM", "NOW IT IS", "DATABASE"], rows, terminal.columns))
    terminal.say(line);
  const unwell = stops.filter(({ state, requestId }) => requestId !== null && !["patched", "skipped"].includes(state));
  if (unwell.length > 0) terminal.say("\nwhat became of a patch:");
  for (const one of unwell) terminal.say(printable(`  npx shipshape show ${one.requestId}   ${nameOf(one)}`));
}

/** In UTC, as the heading says: `2026-11-28 03:42`, and `11-28 03:42`. */
const minute = (at: Date): string => at.toISOString().slice(0, 16).replace("T", " ");
const day = (at: Date): string => minute(at).slice(5);
const isSameDay = (one: Date | null, other: Date): boolean =>
  one !== null && minute(one).slice(0, 10) === minute(other).slice(0, 10);

const word = (state: RingState, terminal: Terminal): string =>
  state === "waiting" ? state : terminal.style(colours[state], state);
const colours = {
  patching: "yellow",
  baking: "yellow",
  promoted: "green",
  halted: "red",
  aborted: "red",
} as const;

function reportDecision({ at, ring, word, by, reason, gate, waiver }: TrainDecision, terminal: Terminal): void {
  const until = waiver ? ` (waiver ${waiver.id} of ${waiver.resource}, until ${waiver.expiresOn})` : "";
  const text = printable(`ring ${ring}, ${word} by ${by}: ${reason}${until}`);
  for (const line of wrapped(`  ${minute(at)}`, text, "    ", terminal.columns)) terminal.say(line);
  for (const probe of gate?.found ?? []) {
    const found = printable(`${probe.name}: ${probe.verdict}, ${probe.explanation}`);
    for (const line of wrapped("   ", found, "      ", terminal.columns)) terminal.say(line);
  }
  for (const note of gate?.notes ?? [])
    for (const line of wrapped("   ", printable(note), "      ", terminal.columns)) terminal.say(line);
}

function reportNext(id: string, { rings, decisions }: Train, { finishedAt }: Run, terminal: Terminal): void {
  const halted = rings.find(({ state }) => state === "halted");
  if (!halted || finishedAt) return;
  if (decisions.findLast(({ word }) => word === "halt")?.gate?.verdict === "inconclusive")
    terminal.say("\nnothing was found worse, but too little is known: a resume watches the ring again for as long.");
  terminal.say(`\nring ${halted.number} is halted, and no further database is patched. To go on, or to end it:`);
  for (const way of ["resume", "abort"]) terminal.say(`  npx shipshape train ${way} ${id} --reason "..."`);
  terminal.say(`  npx shipshape train skip ${id} --database ... --reason "..."   then resume`);
}

/** Of what a ring that is not well has patched, or was to: each is approved for itself, and says what it loses. */
function reportWaysBack(stops: readonly Stop[], rings: readonly ShownRing[], terminal: Terminal): void {
  const isOff = (ring: number) => rings.some(({ number, state }) => number === ring && isStopped.has(state));
  const tried = stops.filter((one) => one.requestId !== null && one.state !== "patching" && isOff(one.ring));
  if (tried.length === 0) return;
  terminal.say(
    "\nforward, to the next minor, nothing is lost. The way back of one, with what it loses and how it goes:",
  );
  const nameOf = namesOf(stops);
  for (const one of tried.slice(0, waysBackMax)) {
    const where = nameOf(one) === one.identifier ? "" : ` --account ${one.account} --region ${one.region}`;
    const asked = `--database ${one.identifier}${where} --patch ${one.requestId} --reason "..." --plan-only`;
    terminal.say(printable(`  npx shipshape request patch-undo ${asked}`));
  }
  if (tried.length > waysBackMax) terminal.say(`  and so for ${tried.length - waysBackMax} more`);
}

const isStopped: ReadonlySet<RingState> = new Set(["halted", "aborted"]);

/** `shipshape train halt`, `resume`, `skip` and `abort`. */
export async function decideTrain(
  word: TrainCommand,
  id: string,
  { reason, database, json }: DecisionOptions,
  context: CommandContext,
): Promise<void> {
  await withControlPlane(context, async (controlPlane) => {
    const by = await principal(controlPlane);
    const ring = await controlPlane.decideTrain(id, { word, by, reason, database });
    if (json) return context.terminal.json(`train ${word}`, { id, word, ring, database: database ?? null, reason });
    const about = database === undefined ? `ring ${ring}` : `${printable(database)} of ring ${ring}`;
    context.terminal.say(`train ${id}: ${word} of ${about}; \`npx shipshape train show ${id}\` shows it`);
  });
}
