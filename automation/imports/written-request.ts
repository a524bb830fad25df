/** A request as a stack's config, for this repository's `stacks/`, and as a program, for a team with its own. */
import { stringify } from "yaml";
import type { DatabaseRequest } from "../../components/database-request";
import { builtIn } from "../../components/standards/built-in";
import { birthDigest, type Standard } from "../../components/standards/standard";

export interface Place {
  region: string;
  platformStack: string;
  standard: Standard;
  /** Where it is from, in a line. */
  origin: string;
}

const oneUp = "import: is for one up; drop it afterwards";

export function stackConfig(request: DatabaseRequest, { region, platformStack, standard, origin }: Place): string {
  const birth = birthDigest(standard.birth);
  const config = {
    "aws:region": region,
    // A new stack says which names it was made with, unless they are Shipshape's own.
    ...(birth === birthDigest(builtIn.birth) ? {} : { "shipshape:birth": birth }),
    "shipshape:request": request,
    "shipshape:place": { platformStack },
  };
  // By the rules of YAML 1.1, which Pulumi's parser follows in part: a day without quotes would be a moment.
  return `# ${origin}\n# ${oneUp}.\n${stringify({ config }, { lineWidth: 0, version: "1.1" })}`;
}

/** Shipshape's own formatting: keys that need none have no quotes. */
export function program(request: DatabaseRequest, { origin }: Place): string {
  const variable = request.service.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const lines = Object.entries(request).map(([name, value]) => `  ${name}: ${literal(value, "  ")},`);
  return [
    `// ${origin}`,
    `// ${oneUp}.`,
    'import { StandardDatabase } from "shipshape";',
    "",
    `const ${variable}Database = new StandardDatabase(${JSON.stringify(request.service)}, {`,
    ...lines,
    "  platform, // the outputs of the platform's stack: docs/standard-database.md",
    "});",
    "",
  ].join("\n");
}

function literal(value: unknown, indent: string): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((one) => literal(one, indent)).join(", ")}]`;
  const deeper = `${indent}  `;
  const lines = Object.entries(value).map(
    ([name, one]) =>
      `${deeper}${/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)}: ${literal(one, deeper)},`,
  );
  return lines.length === 0 ? "{}" : `{\n${lines.join("\n")}\n${indent}}`;
}
