/** The JSON of all commands as one JSON Schema, for `docs/command-line.schema.json`. */
import { z } from "zod";
import { outputs } from "./outputs";

/** A definition for each command, by its words: `#/$defs/evidence list`. */
export function outputsSchemaText(): string {
  const definitions = Object.entries(outputs).map(([command, schema]) => {
    const { $schema: _, ...definition } = z.toJSONSchema(schema);
    return [command, definition];
  });
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "What `npx shipshape <command> --json` prints",
    $defs: Object.fromEntries(definitions) as object,
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
