/** Pure: which difference it is, whose it is, and what people can do about it. */
import type { FoundDifference } from "../../difference-records";
import { nameInUrn, type TargetDatabase } from "../../fleet-records";
import { changedByText, type ChangedBy } from "./changed-by";
import { nameInArn } from "./declared-beyond";
import type { Difference } from "./differences";
import type { DriftDetectionPlan } from "./plan";
import { controlsOf, waivedBy, type WaiverOfDifference } from "./waived";

/** What compared a part of a database: what one did not read, another says nothing of. */
export type DriftSource = "stack" | "resources" | "access" | "beyond" | "guardrails";

/** A difference that a later detection recognises. */
export interface KnownDifference
  extends
    Omit<Difference, "remedy">,
    Pick<FoundDifference, Exclude<keyof FoundDifference, keyof Omit<Difference, "remedy">>> {
  source: DriftSource;
  /** Null: it was not asked. */
  change: ChangedBy | null;
  /** Of the guardrails that it breaks, expired ones too. */
  waivers: WaiverOfDifference[];
}

/** What is known of who made a difference, and of the waivers of the guardrails that it breaks; by its key. */
export type Explanations = Record<string, { change: ChangedBy; waivers: WaiverOfDifference[] }>;

/** Whether someone must answer it and someone may have made it. */
export const isAnswered = ({ class: kind }: Pick<Difference, "class">): boolean =>
  kind === "drift" || kind === "unmanaged";

/** With what is known of it besides its values. */
export function explained(difference: KnownDifference, explanations: Explanations): KnownDifference {
  const explanation = explanations[difference.key];
  if (!explanation) return difference;
  const text = changedByText(explanation.change);
  return {
    ...difference,
    ...explanation,
    changedBy: text === "not recorded" ? null : text,
    waivedBy: waivedBy(difference, explanation.waivers),
  };
}

export function known(
  plan: Pick<DriftDetectionPlan, "database" | "stack" | "heldTo">,
  source: DriftSource,
  difference: Difference,
): KnownDifference {
  const place = placeOf(difference);
  return {
    ...difference,
    key: [plan.database.resourceId, place, difference.property ?? ""].join("|"),
    ...{ source, place, name: nameOf(difference) },
    controls: controlsOf(difference),
    ...{ changedBy: null, change: null, waivedBy: null, waivers: [] },
    owner: plan.heldTo?.owner ?? null,
    stack: "name" in plan.stack ? plan.stack.name : null,
    remedy: difference.remedy ?? remedyOf(plan, difference),
  };
}

/** Moving a resource to another stack or component does not make its difference another one. */
export const placeOf = ({ urn, type }: Pick<Difference, "urn" | "type">): string => `${type} ${shortName(urn)}`;

/** The name of a resource is the last part of its URN or ARN. What is neither has only a name. */
export function shortName(urn: string): string {
  if (urn.startsWith("urn:pulumi:")) return nameInUrn(urn);
  return urn.startsWith("arn:") ? nameInArn(urn) : urn;
}

/** "aws:rds/instance:Instance" of a URN whose third part ends with it, after the components around it. */
export const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";

/** Short for people: "orders-instance.multiAz". */
export const nameOf = ({ urn, property }: Pick<Difference, "urn" | "property">): string =>
  property === null ? shortName(urn) : `${shortName(urn)}.${property}`;

function remedyOf({ database, stack }: Pick<DriftDetectionPlan, "database" | "stack">, difference: Difference): string {
  const { class: kind, property, actual, breaks } = difference;
  switch (kind) {
    case "pending":
      return "nothing: RDS applies it in the window, or at the next restart";
    case "noise":
      return "nothing: it means the same";
    case "ahead":
      return `declare ${actual}: a newer minor version is never taken back`;
    case "unreadable":
      return `give the worker what the reason names, then ${lookAgain(database)}`;
    case "unmanaged":
      if (property !== null) return besideRemedy(difference, database);
      return `import it: ${importCommand(database)}; or delete it`;
    case "drift": {
      const name = "name" in stack ? stack.name.split("/").at(-1) : "<stack>";
      const waive = breaks.length > 0 ? `; or waive ${breaks.join(" and ")} until a day` : "";
      const adopt = property === null ? "remove it from the program" : `declare ${actual}`;
      return `put it back: npx shipshape request drift-repair --database ${database.identifier}, or pulumi up --refresh --stack ${name}; or adopt it: ${adopt}${waive}`;
    }
  }
}

/** Writes the whole request of an import, the differences of the database, and how each of them heals. */
export const importCommand = ({ resourceId }: Pick<TargetDatabase, "resourceId">): string =>
  `npx shipshape import --from ${resourceId}`;

/** Of what is there beside a database. */
function besideRemedy({ urn, property, actual, breaks }: Difference, database: TargetDatabase): string {
  if (property?.startsWith("guardrails."))
    return `import it: ${importCommand(database)}; or waive ${breaks.join(" and ")} until a day`;
  if (property === "sharedAccounts")
    return `end it: aws rds modify-db-snapshot-attribute --region ${database.region} --db-snapshot-identifier ${nameInArn(urn)} --attribute-name restore --values-to-remove ${actual.replaceAll(", ", " ")}`;
  return "declare it, or remove it";
}

const lookAgain = ({ identifier }: TargetDatabase): string =>
  `npx shipshape request drift-detection --database ${identifier} --reason "look again"`;
