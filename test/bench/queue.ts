import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeControlPlaneDatabase } from "../automation/control-plane-database";
import type { Measure, Taken } from "./measure";

/** What a request costs apart from its operation, when few are queued and when many are. */
export const queue: Measure[] = [
  ...[
    { queued: 200, carriedOut: 200, runs: 3 },
    { queued: 10_000, carriedOut: 500, runs: 1 },
  ].map(({ queued, carriedOut, runs }) =>
    measured(
      `${carriedOut} of ${queued.toLocaleString("en")} queued requests`,
      { ours: "an operation that does nothing, one worker: planned, decided, carried out, sealed", runs },
      (which) => carryOut(which, queued, carriedOut),
    ),
  ),
  measured(
    "a request to an idle worker",
    { ours: "from its submission until it is sealed", runs: 5 },
    // Waiting takes no CPU time.
    async (which) => ({ seconds: (await carryOut(which, 1, 1)).seconds }),
  ),
  {
    ...measured("an idle worker", { ours: "CPU time of its process and its database", runs: 1 }, (which) =>
      which === "shipshape" ? carryOut(which, 0, 0) : Promise.resolve({ seconds: 20, cpuSeconds: 0.2 }),
    ),
    floor: "a hundredth of a core",
  },
];

function measured(
  name: string,
  { ours, runs }: { ours: string; runs: number },
  take: (which: "shipshape" | "dbos") => Promise<Taken>,
): Measure {
  return {
    name,
    ours,
    floor: "bare DBOS with the same workflows, steps and concurrency",
    runs,
    prepare: () =>
      Promise.resolve({
        ours: () => take("shipshape"),
        floor: () => take("dbos"),
        after: () => Promise.resolve(),
      }),
  };
}

/** Each time in a PostgreSQL of its own: what earlier runs left in its tables would slow the later ones. */
async function carryOut(which: "shipshape" | "dbos", queued: number, carriedOut: number): Promise<Taken> {
  const postgres = await makeControlPlaneDatabase();
  try {
    const words = [which, postgres.url, String(queued), String(carriedOut), String(postgres.server.pid)];
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--import",
      "tsx",
      join(__dirname, "queue-worker.ts"),
      ...words,
    ]);
    return JSON.parse(stdout) as Taken;
  } finally {
    await postgres.remove();
  }
}
