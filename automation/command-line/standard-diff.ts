/** `shipshape standard diff`: what another standard changes in the databases that exist, and how. */
import { effects, strongest, type Change, type Effect } from "../../components/standard-change";
import { builtIn } from "../../components/standards/built-in";
import type { HeldStandard } from "../../components/standards/standard";
import { readEarlierStandard, readStandard } from "../configuration/configuration";
import { printable } from "../printable";
import { diffOfBackend, diffOfFiles, type Difference } from "../standard-diff";
import type { CommandContext } from "./command-context";
import { wrapped } from "./layout";
import { stackContext } from "./open-records";
import type { Terminal } from "./terminal";

const words: Record<Effect, string> = {
  none: "nothing",
  tag: "tag only",
  "at-once": "in place, at once",
  window: "in the window",
  restart: "restart",
  address: "new address",
  refused: "refused",
};

/** Exit code 1 if something is refused or was not judged. Errors: standard-invalid, configuration-unreadable. */
export async function diff(
  old: string,
  files: string[],
  options: { json?: boolean },
  { settings, terminal }: CommandContext,
): Promise<void> {
  const from = old === builtIn.name ? builtIn : readEarlierStandard(old);
  const to = readStandard(settings.configurationFile);
  const found = files.length > 0 ? diffOfFiles(from, to, files) : await diffOfBackend(from, to, stackContext(settings));
  const { databases, platforms, unread } = found;
  const all = [...platforms, ...databases].toSorted((a, b) => effects.indexOf(b.effect) - effects.indexOf(a.effect));
  if (unread.length > 0 || all.some(({ effect }) => effect === "refused")) process.exitCode = 1;
  if (options.json) return terminal.json("standard diff", found);
  terminal.say(`from ${named(found.from)}`);
  terminal.say(`to   ${named(found.to)}`);
  for (const line of unread.flatMap((one) =>
    wrapped(terminal.style("red", "not judged:"), printable(one), " ".repeat(12), terminal.columns),
  ))
    terminal.say(line);
  for (const one of all) {
    terminal.say();
    for (const line of linesOf(one, terminal)) terminal.say(line);
  }
  terminal.say();
  if (platforms.length > 0) terminal.say(summaryOf("platform", platforms));
  terminal.say(summaryOf("database", databases));
}

const named = ({ name, version, digest }: HeldStandard) => `${name} ${version}, ${digest.slice(0, 12)}`;

function linesOf({ kind, name, stack, effect, changes, names }: Difference, terminal: Terminal): string[] {
  const colour = effect === "refused" || effect === "address" ? "red" : effect === "restart" ? "yellow" : "bold";
  const taking = names.taking.map((change) => textOf(change)).join("; ");
  return [
    `${kind === "platform" ? "platform " : ""}${printable(name)}: ${terminal.style(colour, words[effect])}`,
    `  stack ${printable(stack)}`,
    ...effects.toReversed().flatMap((one) => {
      const of = changes.filter((change) => change.effect === one);
      return of.length === 0
        ? []
        : wrapped(`  ${words[one]}:`, printable(of.map(textOf).join("; ")), "    ", terminal.columns);
    }),
    ...(names.areCurrent
      ? []
      : wrapped(
          `  names: keeps those of shipshape:birth ${names.birth};`,
          printable(`those of new stacks would be ${words[strongest(names.taking)]}: ${taking || "no other names"}`),
          "    ",
          terminal.columns,
        )),
  ];
}

function textOf({ figure, from, to, note }: Change): string {
  const change = from === null && to === null ? "" : `${figure} ${from ?? "none"} → ${to ?? "none"}`;
  return [change, note].filter(Boolean).join(", ");
}

function summaryOf(kind: string, found: Difference[]): string {
  const counts = effects.toReversed().flatMap((effect) => {
    const count = found.filter((one) => one.effect === effect).length;
    return count === 0 ? [] : [`${count} ${words[effect]}`];
  });
  return `${found.length} ${kind}${found.length === 1 ? "" : "s"}${counts.length > 0 ? `: ${counts.join(", ")}` : ""}`;
}
