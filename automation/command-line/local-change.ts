import { InvalidArgumentError } from "commander";
import type { CommandContext } from "./command-context";
import { callLocal, type LocalCloud, requireLocalCloud } from "./local-cloud";

export async function change(
  arn: string,
  pairs: string[],
  options: { json?: boolean },
  { settings, terminal }: CommandContext,
): Promise<void> {
  const properties = Object.fromEntries(pairs.map(parsePair));
  const cloud = await requireLocalCloud(settings.dataFolder);
  await callLocal(cloud, "POST", "/shipshape/change", { arn, properties }, accountIn(cloud, arn));
  if (options.json) return terminal.json("local change", { arn, properties });
  for (const pair of pairs) terminal.say(`changed ${arn}: ${pair}`);
}

/** The account of the ARN, if the cloud has it: a mistyped one must not create an account. */
function accountIn({ status }: LocalCloud, arn: string): string | undefined {
  const account = arn.split(":")[4];
  return status.accounts.find((known) => known === account);
}

/** `name=value`; only JSON is parsed here, the cloud gives a plain value the type of the one it replaces. */
export function parsePair(pair: string): [string, unknown] {
  const equals = pair.indexOf("=");
  if (equals < 1) throw new InvalidArgumentError(`"${pair}" is not <property>=<value>`);
  const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)];
  if (!/^[[{]/.test(value)) return [name, value];
  try {
    return [name, JSON.parse(value)];
  } catch (thrown) {
    throw new InvalidArgumentError(`the value of ${name} looks like JSON but is invalid: ${(thrown as Error).message}`);
  }
}
