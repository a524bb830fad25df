import { InvalidArgumentError } from "commander";
import type { CommandContext } from "./command-context";
import { callLocal, requireLocalCloud } from "./local-cloud";
import { clockText } from "./local-status";

export interface ClockOptions {
  set?: string;
  /** Seconds. */
  advance?: number;
  reset?: boolean;
  json?: boolean;
}

interface ClockState {
  now: string;
  offsetSeconds: number;
}

export async function clock(options: ClockOptions, { settings, terminal }: CommandContext): Promise<void> {
  if ([options.set, options.advance, options.reset].filter((given) => given !== undefined).length > 1)
    throw new InvalidArgumentError("give only one of --set, --advance and --reset");
  const cloud = await requireLocalCloud(settings.dataFolder);
  let shown = await callLocal<ClockState>(cloud, "GET", "/shipshape/clock");
  const change = changeOf(options, shown.now);
  if (change !== undefined)
    shown =
      (await callLocal<ClockState | undefined>(cloud, "PUT", "/shipshape/clock", change)) ??
      (await callLocal<ClockState>(cloud, "GET", "/shipshape/clock"));
  if (options.json) terminal.json("local clock", shown);
  else terminal.say(clockText(shown));
}

function changeOf(options: ClockOptions, now: string): object | undefined {
  if (options.reset) return { reset: true };
  if (options.set !== undefined) return { now: options.set };
  return options.advance === undefined
    ? undefined
    : { now: new Date(Date.parse(now) + options.advance * 1000).toISOString() };
}
