/**
 * What a profile says of definitions is done to the source, before its schema is read: it is a throwaway, and its own
 * server knows best how to drop a comment or rename a label. Then the copy is compared with what the source has become.
 */
import { DatabaseError, type Client } from "pg";
import { ShipshapeError } from "../../errors";
import { verdictNeededFor } from "../../masking/definitions";
import type { DefinitionRule, MaskingProfile } from "../../masking/profile";
import { sessionWasLost } from "../control-session";
import { ensureRoles } from "./schema-load";
import { CHANGEABLE_DEFINITIONS, type ChangeableDefinition } from "../schema-definitions";

/**
 * As the master; `owners` are the roles that own something. All or nothing; safe to repeat. Errors: copy-unplanned (a
 * definition that the profile does not classify), definition-not-changed.
 */
export async function applyDefinitionRules(
  master: Client,
  rules: MaskingProfile["definitions"],
  owners: readonly string[],
): Promise<void> {
  const { rows } = await master.query<ChangeableDefinition>(CHANGEABLE_DEFINITIONS);
  const changes = rows
    .flatMap((definition) => {
      const rule = Object.hasOwn(rules, definition.id) ? rules[definition.id] : undefined;
      requireVerdict(definition, rule);
      const sql = rule && statementFor(definition, rule);
      return sql ? [{ ...definition, sql }] : [];
    })
    .sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
  if (changes.length === 0) return;
  await ensureRoles(master, owners);
  await master.query("begin");
  for (const { id, sql } of changes)
    try {
      await master.query(sql);
    } catch (error) {
      if (!(error instanceof DatabaseError) || sessionWasLost(error)) throw error;
      throw notChanged(id, error.code);
    }
  await master.query("commit");
}

/** What others need comes after them. */
const order: ChangeableDefinition["kind"][] = [
  ...(["comment", "publication", "policy", "trigger", "rule", "index", "statistics", "view"] as const),
  ...(["check", "default", "function", "enum", "server", "partition", "setting", "subscription"] as const),
];

function requireVerdict(definition: ChangeableDefinition, rule: DefinitionRule | undefined): void {
  if (rule === undefined && verdictNeededFor(definition) !== undefined)
    throw new ShipshapeError("copy-unplanned", { table: definition.id, how: "is new" });
  if (rule && "unclassified" in rule)
    throw new ShipshapeError("copy-unplanned", { table: definition.id, how: "is not classified" });
}

/** Empty: nothing is to be done. */
function statementFor(definition: ChangeableDefinition, rule: DefinitionRule): string {
  if ("keep" in rule || "unclassified" in rule) return "";
  const { id, kind, text, drop, replace } = definition;
  if ("drop" in rule) {
    if (drop === null) throw notChanged(id, UNSUPPORTED);
    return drop;
  }
  if (rule.replace === text) return "";
  if (kind === "enum") return renamedLabels(id, text.split("\n"), rule.replace.split("\n"));
  if (replace === null) throw notChanged(id, UNSUPPORTED);
  return replace + (kind === "comment" ? literal(rule.replace) : rule.replace);
}

/** One label in each line. Two that change places would meet: PostgreSQL refuses that. */
function renamedLabels(id: string, labels: string[], others: string[]): string {
  if (labels.length !== others.length) throw notChanged(id, UNSUPPORTED);
  const type = id.slice("enum ".length);
  return labels
    .flatMap((label, at) =>
      label === others[at]! ? [] : [`alter type ${type} rename value ${literal(label)} to ${literal(others[at]!)}`],
    )
    .join("; ");
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** PostgreSQL's own code for what it does not offer. */
const UNSUPPORTED = "0A000";
const notChanged = (definition: string, sqlstate = "unknown") =>
  new ShipshapeError("definition-not-changed", { definition, sqlstate });
