import { namesOf } from "../fleet-records";
import { printable } from "../printable";
import type { CommandContext } from "./command-context";
import { dayOf, declaredText, lookAtFleet, lookLines, lookRecord, memberRecord } from "./fleet-look";
import { recoveryWord } from "./status";
import { entries } from "./layout";

/**
 * `shipshape recoverability`: whether the recovery of each database of the fleet is proven, by its newest signed
 * verdict. Exit code 1 unless every one is fresh and everything was read.
 */
export async function recoverability(options: { json?: boolean }, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const look = await lookAtFleet(context);
  const { members, unread, totals } = look.status;
  // Nothing proves the recovery of a copy, and nothing has to.
  const drilled = members.length - totals.copy;
  if (totals.fresh < drilled || unread.length > 0) process.exitCode = 1;
  if (options.json) {
    const databases = members.map(memberRecord);
    return terminal.json("recoverability", { ...lookRecord(look), totals, databases });
  }
  for (const line of lookLines(look, terminal)) terminal.say(line);
  const { copy: copies, ...words } = totals;
  const counts = Object.entries(words).map(([word, count]) => `${count} ${word}`);
  const besides = copies > 0 ? `; besides, ${copies} masked ${copies === 1 ? "copy" : "copies"}, not drilled` : "";
  terminal.say(`\n${drilled} ${drilled === 1 ? "database" : "databases"}: ${counts.join(", ")}${besides}\n`);
  const nameOf = namesOf(members.map((m) => m.database));
  const lines = entries(
    ["RECOVERY", "DRILLED   ", "UNTIL     ", "DATABASE"],
    members.map((m) => ({
      cells: [
        recoveryWord(m.recoverability, terminal),
        dayOf(m.decidedBy?.issuedAt),
        m.copy?.expiresOn ?? dayOf(m.decidedBy?.expiresOn),
      ],
      name: printable(nameOf(m.database)),
      text: printable(
        [
          m.reason,
          ...m.beside.slice(-1).map((drill) => `the later drill ${drill.requestId} was inconclusive`),
          ...(m.declaredBy.length === 1 ? [] : [declaredText(m)]),
        ].join("; "),
      ),
    })),
    terminal.columns,
  );
  if (members.length > 0) for (const line of lines) terminal.say(line);
}
