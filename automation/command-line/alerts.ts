import { ShipshapeError } from "../errors";
import type { SentAlert } from "../observability/notifications";
import { printable } from "../printable";
import type { Alert } from "../alert-records";
import { alertDestinations } from "./alert-destinations";
import type { CommandContext } from "./command-context";
import { alertsListedMax } from "./limits";
import { withRecords } from "./open-records";
import { table } from "./layout";
import type { Terminal } from "./terminal";

/** `shipshape alerts`: what people were told, and what still has to be sent. */
export async function list(options: { json?: boolean }, { settings, terminal }: CommandContext): Promise<void> {
  await withRecords(settings, async (records) => {
    const alerts = await records.alerts(alertsListedMax);
    if (options.json) return terminal.json("alerts list", alerts);
    if (alerts.length === 0) return terminal.say("no alerts yet");
    for (const line of table(["WRITTEN (UTC)", "TO", "STATUS", "DATABASE", "ALERT"], alerts.map(row), terminal.columns))
      terminal.say(line);
    for (const line of alerts.flatMap((alert) => troubleOf(alert, terminal))) terminal.say(line);
  });
}

const row = ({ writtenAt, destination, status, database, title }: SentAlert): string[] => [
  writtenAt.toISOString().slice(0, 16).replace("T", " "),
  destination ?? "-",
  status ?? "-",
  printable(database ?? "-"),
  title,
];

/** Why an alert is not sent yet, or never will be. */
function troubleOf({ title, destination, status, attempts, reason }: SentAlert, terminal: Terminal): string[] {
  if ((status !== "waiting" || attempts === 0) && status !== "failed") return [];
  const tried = attempts === 0 ? "" : ` after ${attempts} ${attempts === 1 ? "attempt" : "attempts"}`;
  const colour = status === "failed" ? "red" : "yellow";
  return [`${terminal.style(colour, `${status}:`)} "${title}" to ${destination}${tried}: ${printable(reason ?? "")}`];
}

/** `shipshape alerts test`: sends one message to each destination, now and past the queue. */
export async function test(options: { json?: boolean }, { settings, terminal }: CommandContext): Promise<void> {
  const destinations = await alertDestinations(settings);
  if (destinations.length === 0) throw new ShipshapeError("alerts-unconfigured", {});
  const answers = await Promise.all(
    destinations.map(async ({ name, send }) => {
      const { accepted, said } = await send(testAlert());
      return { destination: name, accepted, said };
    }),
  );
  if (options.json) terminal.json("alerts test", answers);
  else
    for (const { destination, accepted, said } of answers)
      terminal.say(
        `${destination}: ${accepted ? terminal.style("green", "accepted") : terminal.style("red", "not accepted")} (${said})`,
      );
  if (answers.some(({ accepted }) => !accepted)) process.exitCode = 1;
}

/** Its key is new each time, so that no receiver drops it. */
const testAlert = (): Alert => ({
  key: crypto.randomUUID().replaceAll("-", ""),
  kind: "test",
  title: "A test of alerts",
  database: null,
  owner: null,
  what: "someone ran `npx shipshape alerts test`; nothing has happened",
  command: "npx shipshape alerts list",
  requestId: null,
});
