import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeControlPlaneDatabase } from "../automation/control-plane-database";
import type { Measure, Taken } from "./measure";
import type { SubjectName } from "./queue-subjects";
import type { Carried } from "./queue-worker";

const bare = "bare DBOS with the same workflows, steps and concurrency";
const few = { queued: 120, carriedOut: 100, runs: 3 };
const many = { queued: 10_000, carriedOut: 500, runs: 1 };
type Load = typeof few;
const nameOf = ({ queued, carriedOut }: Load) => `${carriedOut} of ${queued.toLocaleString("en")} queued requests`;

type Figure = Pick<Measure, "ours" | "unit"> & { of(one: Carried, load: Load): Taken | number };
const cost: Figure = {
  ours: "an operation that does nothing, one worker: planned, decided, carried out, sealed",
  of: ({ seconds, cpuSeconds }) => ({ seconds, cpuSeconds }),
};
const time: Figure = { ours: "the same", of: ({ seconds }) => seconds };
const half: Figure = { ours: "from the worker's start until half of them have ended", of: (one) => one.halfSeconds };
const most: Figure = { ours: "from the worker's start until 99 % of them have ended", of: (one) => one.mostSeconds };
const memory: Figure = { ours: "the worker's memory at its highest", unit: "MB", of: (one) => one.memoryBytes / 1e6 };
const rows: Figure = {
  ours: "growth of the control plane's database for each request",
  unit: "MB",
  of: (one) => one.databaseBytes / 1e6,
};
const costOfOne: Figure = {
  ours: nameOf(many),
  of: ({ seconds, cpuSeconds }, { carriedOut: n }) => ({ seconds: seconds / n, cpuSeconds: cpuSeconds / n }),
};
const timeOfOne: Figure = { ours: nameOf(many), of: ({ seconds }, { carriedOut: n }) => seconds / n };

/** What a request costs apart from its operation, when few are queued and when many are. */
export const queue: Measure[] = [
  ...[few, many].flatMap((load) => [
    against(bare, "dbos", load, nameOf(load), cost),
    against(bare, "dbos", load, `${nameOf(load)}: time`, time),
    against("DBOS that also writes as many rows and signs once", "direct", load, `${nameOf(load)}: floor`, cost),
    against(bare, "dbos", load, `${nameOf(load)}: latency of half`, half),
    against(bare, "dbos", load, `${nameOf(load)}: latency of 99 %`, most),
    against(bare, "dbos", load, `${nameOf(load)}: memory`, memory),
  ]),
  against(bare, "dbos", few, "rows of a request", rows),
  growth("growth of the cost of a request", costOfOne),
  growth("growth of the time of a request", timeOfOne),
  growth("growth of a worker's memory", { ...memory, ours: nameOf(many) }),
  {
    name: "a request to an idle worker",
    ours: "from its submission until it is sealed",
    floor: bare,
    runs: 5,
    // Waiting takes no CPU time.
    ...taking(async (subject) => (await work<Taken>(subject, 1, 1)).seconds, "dbos"),
  },
  {
    name: "an idle worker",
    ours: "CPU time of its process and its database",
    floor: "a hundredth of a core",
    runs: 1,
    ...taking(
      (subject) =>
        subject === "dbos" ? Promise.resolve({ seconds: 20, cpuSeconds: 0.2 }) : work<Taken>(subject, 0, 0),
      "dbos",
    ),
  },
];

function against(floor: string, peer: SubjectName, load: Load, name: string, { ours, unit, of }: Figure): Measure {
  const taken = async (subject: SubjectName, run: number) => of(await carriedOut(subject, load, run), load);
  return { name, ours, floor, runs: load.runs, ...(unit && { unit }), ...taking(taken, peer) };
}

/** The control plane with much queued, against itself with little. */
function growth(name: string, { ours, unit, of }: Figure): Measure {
  const taken = (load: Load) => async (run: number) => of(await carriedOut("shipshape", load, run), load);
  return {
    name,
    ours,
    floor: nameOf(few),
    runs: 1,
    ...(unit && { unit }),
    prepare: () => Promise.resolve({ ours: taken(many), floor: taken(few), after: () => Promise.resolve() }),
  };
}

function taking(
  take: (subject: SubjectName, run: number) => Promise<Taken | number>,
  peer: SubjectName,
): Pick<Measure, "prepare"> {
  const of = (subject: SubjectName) => (run: number) => take(subject, run);
  return { prepare: () => Promise.resolve({ ours: of("shipshape"), floor: of(peer), after: () => Promise.resolve() }) };
}

/** Rows about the same requests are figures of the same runs. */
const known = new Map<string, Promise<Carried>>();

function carriedOut(subject: SubjectName, load: Load, run: number): Promise<Carried> {
  const key = `${subject} ${load.queued} ${run}`;
  const taken = known.get(key) ?? work<Carried>(subject, load.queued, load.carriedOut);
  known.set(key, taken);
  return taken;
}

/** Each time in a PostgreSQL of its own: what earlier runs left in its tables would slow the later ones. */
async function work<T>(subject: SubjectName, queued: number, count: number): Promise<T> {
  const postgres = await makeControlPlaneDatabase();
  try {
    const words = [subject, postgres.url, String(queued), String(count), String(postgres.server.pid)];
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--import",
      "tsx",
      join(__dirname, "queue-worker.ts"),
      ...words,
    ]);
    return JSON.parse(stdout) as T;
  } finally {
    await postgres.remove();
  }
}
