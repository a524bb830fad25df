import { type Command, InvalidArgumentError } from "commander";
import type { CommandContext } from "./command-context";
import { callLocal, requireLocalCloud } from "./local-cloud";
import { clockText } from "./local-status";

interface ClockOptions {
  set?: string;
  advance?: number;
  reset?: boolean;
  json?: boolean;
}

export function addClock(local: Command, context: CommandContext): void {
  local
    .command("clock")
    .description("show or set the clock of the embedded cloud, which maintenance windows and expiry use")
    .option("--set <moment>", "an ISO 8601 moment", parseMoment)
    .option("--advance <duration>", "a duration such as 90s, 15m, 6h, 8d", parseDuration)
    .option("--reset", "back to real time")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  npx shipshape local clock\n  npx shipshape local clock --advance 8d      # past every weekly window\n  npx shipshape local clock --reset",
    )
    .action(async (options: ClockOptions) => {
      if ([options.set, options.advance, options.reset].filter((given) => given !== undefined).length > 1)
        throw new InvalidArgumentError("give only one of --set, --advance and --reset");
      const cloud = await requireLocalCloud(context.settings.dataFolder);
      let clock = await callLocal<{ now: string }>(cloud, "GET", "/shipshape/clock");
      const change = changeOf(options, clock.now);
      if (change !== undefined)
        clock =
          (await callLocal<{ now: string } | undefined>(cloud, "PUT", "/shipshape/clock", change)) ??
          (await callLocal<{ now: string }>(cloud, "GET", "/shipshape/clock"));
      context.terminal.say(options.json ? JSON.stringify(clock) : clockText(clock));
    });
}

function changeOf(options: ClockOptions, now: string): object | undefined {
  if (options.reset) return { reset: true };
  if (options.set !== undefined) return { now: options.set };
  return options.advance === undefined
    ? undefined
    : { now: new Date(Date.parse(now) + options.advance * 1000).toISOString() };
}

function parseMoment(text: string): string {
  const moment = Date.parse(text);
  if (Number.isNaN(moment))
    throw new InvalidArgumentError(`"${text}" is not an ISO 8601 moment such as 2030-01-31T12:00:00Z`);
  return new Date(moment).toISOString();
}

/** Seconds of `90s`, `15m`, `6h`, `8d`. */
export function parseDuration(text: string): number {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400 }[match?.[2] ?? ""];
  if (match === null || unitSeconds === undefined)
    throw new InvalidArgumentError(`"${text}" is not a duration such as 90s, 15m, 6h or 8d`);
  return Number(match[1]) * unitSeconds;
}
