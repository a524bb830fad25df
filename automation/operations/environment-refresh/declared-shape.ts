import type { StandardShape } from "../../../components/standard-shape";

/** What a StandardDatabase has decided, as far as its copy has it too. */
export type DeclaredShape = Pick<
  StandardShape,
  "service" | "size" | "databaseName" | "schemaName" | "furtherSchemas" | "extensions" | "postgresMajor"
>;
