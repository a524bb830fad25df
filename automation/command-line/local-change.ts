import { type Command, InvalidArgumentError } from "commander";
import type { CommandContext } from "./command-context";
import { callLocal, requireLocalCloud } from "./local-cloud";

export function addChange(local: Command, context: CommandContext): void {
  local
    .command("change <arn> <property=value...>")
    .description(
      "change a resource behind Pulumi's back, as a manual change in the console would; even what no API could change",
    )
    .addHelpText(
      "after",
      "\nProperties have the names of the Pulumi types (camelCase). Lists and objects are given as JSON.\n\nExamples:\n" +
        "  npx shipshape local change arn:aws:rds:eu-central-1:123456789012:db:orders-production deletionProtection=false backupRetentionPeriod=1\n" +
        "  npx shipshape local change arn:aws:ec2:eu-central-1:123456789012:security-group/sg-… 'ingress=[]'",
    )
    .action(async (arn: string, pairs: string[]) => {
      const properties = Object.fromEntries(pairs.map(parsePair));
      const cloud = await requireLocalCloud(context.settings.dataFolder);
      await callLocal(cloud, "POST", "/shipshape/change", { arn, properties });
      for (const pair of pairs) context.terminal.say(`changed ${arn}: ${pair}`);
    });
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
