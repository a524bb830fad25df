import { resolve } from "node:path";
import { version } from "../../package.json";
import { ShipshapeError } from "../errors";
import { exportPopulation } from "../evidence/export";
import type { PopulationMember } from "../evidence/population";
import { populationOscal } from "../evidence/population-oscal";
import { populationPage } from "../evidence/population-page";
import type { PopulationStatement } from "../evidence/population-statement";
import { reportJson } from "../evidence/run-report";
import { namesOf, unreachableText } from "../fleet-records";
import { printable } from "../printable";
import type { CommandContext } from "./command-context";
import { readEvidence, signerOf } from "./evidence-log";
import { fleetToday, principal, withRecords } from "./open-records";
import { table } from "./layout";

export interface PopulationOptions {
  from: Date;
  to: Date;
  out?: string;
  json?: boolean;
  html?: boolean;
  oscal?: boolean;
}

/** `shipshape evidence population`: what an auditor asks for a period, sealed in the log. */
export async function population(options: PopulationOptions, { settings, terminal }: CommandContext): Promise<void> {
  const now = new Date();
  const until = new Date(Math.min(options.to.getTime() + 86_400_000, now.getTime()));
  if (options.from >= until)
    throw new ShipshapeError("usage", {
      problem: `the period ends before it begins: --from ${day(options.from)}, --to ${day(options.to)}`,
      command: "shipshape evidence population",
    });
  await withRecords(settings, async (records) => {
    const signer = await signerOf(settings);
    const read = () => readEvidence(settings, records.database, terminal);
    const [log, fleet] = [await read(), await fleetToday(settings)];
    const isNew = await records.recordFleet(signer, log, fleet, now);
    const asked = {
      period: { from: options.from.toISOString(), until: until.toISOString() },
      requestedBy: await principal(records),
      toolVersions: { shipshape: version, node: process.versions.node },
      unread: fleet.asked
        ? (fleet.unreachable ?? []).map(unreachableText)
        : [`the databases that the cloud has today: ${fleet.reason}`],
    };
    const sealed = await records.sealPopulation(signer, isNew ? await read() : log, asked, now);
    const folder = options.out === undefined ? undefined : resolve(options.out);
    const written = folder === undefined ? undefined : await exportPopulation(records.database, signer, sealed, folder);
    if (options.json) process.stdout.write(reportJson(sealed));
    else if (options.html) process.stdout.write(populationPage(sealed));
    else if (options.oscal) process.stdout.write(populationOscal(sealed));
    else {
      for (const line of lines(sealed, terminal.columns)) terminal.say(line);
      if (written) terminal.say(`${printable(written.folder)}: ${written.files.join(", ")}`);
    }
  });
}

function lines(
  { content: { period, databases, totals, unread, scopes } }: PopulationStatement,
  columns?: number,
): string[] {
  const others = databases.reduce((sum, d) => sum + d.others.length, 0);
  const nameOf = namesOf(databases);
  const gaps = scopes.flatMap((s) =>
    s.unseen.map((gap) => `${s.account}, ${s.region} from ${gap.from} to ${gap.until}`),
  );
  return [
    `from ${period.from} to ${period.until}:`,
    ...(databases.length === 0
      ? ["no database is known"]
      : table(
          headings,
          databases.map((one) => row(one, nameOf)),
          columns,
        )),
    `databases: ${totals.databases}, never drilled ${totals.neverDrilled}`,
    `drills due: ${totals.due}, done ${totals.done}, late ${totals.late}, missing ${totals.missing}; others: ${others}; failed: ${totals.failed}`,
    ...unread.map((what) => `not read: ${printable(what)}`),
    ...(scopes.length === 0 ? ["not seen: the cloud, at any time"] : []),
    ...gaps.map((gap) => `not seen: ${printable(gap)}`),
  ];
}

const headings = ["DATABASE", "TIER", "EVERY", "DUE", "DONE", "LATE", "MISSING", "GONE BY"];

function row(one: PopulationMember, nameOf: (of: PopulationMember) => string): string[] {
  const { tier, drillEveryDays, due, goneBy } = one;
  const count = (status: string) => String(due.filter((d) => d.status === status).length);
  return [
    printable(nameOf(one)),
    printable(tier ?? "unknown"),
    `${drillEveryDays} d`,
    String(due.length),
    count("done"),
    count("late"),
    count("missing"),
    goneBy?.slice(0, 10) ?? "-",
  ];
}

const day = (at: Date) => at.toISOString().slice(0, 10);
