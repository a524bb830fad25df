/** `shipshape standard …`: what databases are held to here, where each figure is from, and its names for the compiler. */
import { originOf } from "../../components/standards/define";
import {
  birthDigest,
  classificationsOf,
  environmentsOf,
  rolesOf,
  sizesOf,
  tiersOf,
  type Standard,
} from "../../components/standards/standard";
import { readStandard } from "../configuration/configuration";
import { printable } from "../printable";
import type { CommandContext } from "./command-context";

const standardHere = ({ settings }: CommandContext): Standard => readStandard(settings.configurationFile);

/** Prints each figure; with `why`, where it is from. Errors: standard-invalid, configuration-unreadable. */
export function show(options: { why?: boolean; json?: boolean }, context: CommandContext): void {
  const { terminal } = context;
  const standard = standardHere(context);
  const figures = figuresOf(standard).map(([path, value]) => ({ path, value, from: originOf(standard, path) }));
  const birth = birthDigest(standard.birth);
  if (options.json) {
    const shown = { name: standard.name, version: standard.version, digest: standard.digest, birth, figures };
    return terminal.json("standard show", shown);
  }
  terminal.say(summaryOf(standard));
  terminal.say(`names that new stacks pin: shipshape:birth ${birth}\n`);
  for (const { path, value, from } of figures)
    terminal.say(
      `${printable(path)}: ${printable(JSON.stringify(value))}${options.why ? terminal.style("dim", `   ${from}`) : ""}`,
    );
}

/** Errors: standard-invalid, configuration-unreadable. */
export function check(options: { json?: boolean }, context: CommandContext): void {
  const standard = standardHere(context);
  const { name, version, digest } = standard;
  if (options.json) context.terminal.json("standard check", { name, version, digest });
  else context.terminal.say(`${summaryOf(standard)}: can be used`);
}

/** The declarations of the company's own names, for a TypeScript program. Errors: as `check`. */
export function types(options: { json?: boolean }, context: CommandContext): void {
  const standard = standardHere(context);
  const names = {
    environment: environmentsOf(standard),
    tier: tiersOf(standard),
    size: sizesOf(standard),
    dataClassification: classificationsOf(standard),
    role: rolesOf(standard),
  };
  const { terminal } = context;
  if (options.json) return terminal.json("standard types", names);
  terminal.exact(`// Written by \`npx shipshape standard types\` from ${summaryOf(standard)}: do not edit.`);
  terminal.exact('import "shipshape/names";\n\ndeclare module "shipshape/names" {\n  interface StandardNames {');
  for (const [kind, values] of Object.entries(names))
    terminal.exact(`    ${kind}: ${values.map((one) => JSON.stringify(one)).join(" | ")};`);
  terminal.exact("  }\n}");
}

const summaryOf = ({ name, version, digest }: Standard) => `standard ${name} ${version}, SHA-256 ${digest}`;

/** Each figure by its path. */
function figuresOf({ digest: _, name: __, version: ___, ...content }: Standard): [path: string, value: unknown][] {
  const below = (path: string, value: unknown): [string, unknown][] =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([key, part]) => below(path === "" ? key : `${path}.${key}`, part))
      : [[path, value]];
  const { parameters, ...postgres } = content.postgres;
  const values = Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
  return below("", { ...content, postgres: { ...postgres, parameters: values } });
}
