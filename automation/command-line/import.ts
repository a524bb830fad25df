/** `shipshape import --from <resource id>`: writes the request that imports a database without changing it. */
import { writeFile } from "node:fs/promises";
import { dayIn } from "../../components/imported-database";
import { readLocations, readStandard } from "../configuration/configuration";
import { reasonOf, ShipshapeError } from "../errors";
import { differences, type Difference } from "../imports/differences";
import { importRequest, type Decided, type ImportRequest } from "../imports/import-request";
import { program, stackConfig, type Place } from "../imports/written-request";
import { printable } from "../printable";
import { awsClients } from "../targets/aws-access";
import { existingInstance, type ExistingInstance } from "../targets/existing-database";
import { pendingOf } from "../targets/pending-changes";
import { locateById } from "../targets/locations";
import { describeCloud } from "../targets/queried-cloud";
import type { CommandContext } from "./command-context";
import { entries } from "./layout";
import { upgradeWithinDays } from "./limits";

export interface ImportOptions extends Decided {
  from: string;
  stack?: string;
  output?: string;
  json?: boolean;
}

/**
 * The database may be in any account and Region that `shipshape.yaml` names. Errors: import-identifier, import-unknown,
 * import-replica, import-engine, import-undecided, import-invalid, import-output, database-not-available,
 * database-uncertain, standard-invalid, and those of an unreachable cloud.
 */
export async function importDatabase(options: ImportOptions, { settings, terminal }: CommandContext): Promise<void> {
  const { from, stack, output, json, ...decided } = options;
  if (!/^db-[A-Z0-9]+$/.test(from)) throw new ShipshapeError("import-identifier", { given: printable(from) });
  const writer = output === undefined ? undefined : writerOf(output);
  const standard = readStandard(settings.configurationFile);
  const locations = readLocations(settings.configurationFile);
  const found = await existingInstance(awsClients(await locateById({ locations: () => locations }, from)), from);
  const { region } = found.cloud;
  const imported = importRequest(found.instance, decided, {
    standard,
    region,
    upgradeBy: dayIn(upgradeWithinDays),
  });
  const { request, shape } = imported;
  const identifier = found.instance.DBInstanceIdentifier ?? "";
  const differing = differences(found, imported.found, shape, standard);
  const cloud = describeCloud(found.cloud);
  const place: Place = {
    region,
    platformStack: settings.controlPlane.platformStack,
    standard,
    origin: `Written by \`shipshape import --from ${from}\`: ${identifier} in ${cloud}.`,
  };
  const stackName = stack ?? `database.${identifier}`;
  if (output !== undefined && writer) await write(output, writer(request, place));
  if (json) return terminal.json("import", { cloud: found.cloud, stack: stackName, request, differences: differing });
  for (const line of report(found, imported, differing, cloud, terminal.columns)) terminal.say(line);
  if (output === undefined) {
    terminal.say(`\n${terminal.style("bold", `stacks/Pulumi.${stackName}.yaml`)}\n`);
    terminal.exact(stackConfig(request, place));
    terminal.say(`${terminal.style("bold", "or in a program of your own")}\n`);
    terminal.exact(program(request, place));
  }
  terminal.say(next(stackName, output));
}

function writerOf(output: string) {
  if (/\.ya?ml$/.test(output)) return stackConfig;
  if (output.endsWith(".ts")) return program;
  throw new ShipshapeError("import-output", { file: printable(output), reason: "its name says neither" });
}

/** Never over another file: the request in it may be edited by now. */
async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: "wx" });
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === "EEXIST";
    const reason = exists ? "it exists already" : reasonOf(error);
    throw new ShipshapeError("import-output", { file: printable(file), reason }, { cause: error });
  }
}

export function report(
  { instance }: ExistingInstance,
  { request, taken }: ImportRequest,
  differing: Difference[],
  cloud: string,
  columns?: number,
): string[] {
  const { DBInstanceIdentifier: identifier = "", EngineVersion: version, DBInstanceClass: instanceClass } = instance;
  const { changes, window } = pendingOf(instance);
  const never = differing.filter(({ heals }) => heals.startsWith("needs:")).length;
  const shown = (value: unknown) => printable(typeof value === "string" ? value : JSON.stringify(value));
  const pending = changes.map(({ property, pending }) => `${property} ${shown(pending)}`).join(", ");
  return [
    `looked at ${cloud}`,
    `${identifier}: PostgreSQL ${version} on ${instanceClass}, ${request.import}`,
    ...taken.map(({ argument, value, from }) => `  ${argument} is ${shown(value)}, from ${from}`),
    ...(request.existing?.upgradeBy
      ? [`  its version is to be upgraded by ${request.existing.upgradeBy} (upgradeBy)`]
      : []),
    ...(pending === ""
      ? []
      : [`  pending until ${window}: ${pending}; repeat this afterwards, or cancel it: \`npx shipshape pending\``]),
    "",
    `It differs from the standard in ${differing.length} properties. With the request below an \`up\` changes none of them. Then remove them from asFound and lacks one by one${never > 0 ? `; ${never} of them no \`up\` heals` : ""}.`,
    "",
    ...entries(
      ["HEALS", "PROPERTY"],
      differing.map(({ property, found, standard, heals, note }) => ({
        cells: [heals],
        name: property,
        text: `${shown(found)} → ${shown(standard)}${note ? `. ${note}` : ""}`,
      })),
      columns,
    ),
  ];
}

function next(stack: string, output: string | undefined): string {
  const written = output === undefined ? "" : `Written: ${printable(output)}. `;
  return `${written}Next: what manages the database now must let it go first (docs/import.md). Then \`pulumi stack init ${stack}\`, \`pulumi preview\` and \`pulumi up\`, and drop the argument import.`;
}
