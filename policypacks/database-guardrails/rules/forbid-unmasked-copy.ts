import { copyTagKeys } from "../../../components/standards/fixed";
import { isProduction, type Standard } from "../../../components/standards/standard";
import {
  environmentOfOrigin,
  followsGlobalCluster,
  isCopy,
  isReplica,
  isRestored,
  sourceOfReplica,
} from "../vocabulary/origin";
import { Undecided } from "../vocabulary/properties";
import type { Resource } from "../vocabulary/resource";
import { defineRule, type Found, type RuleSettings } from "../judging/rule";
import { environmentOfCopy, strictnessOf } from "../vocabulary/strictness";
import { databases, exportTask } from "../vocabulary/types";

export const forbidUnmaskedCopy = defineRule({
  id: "forbid-unmasked-copy",
  title: "No unmasked copy of production data exists outside production",
  severity: "critical",
  owner: "team-security",
  controls: ["SOC 2 CC6.1", "GDPR Art. 5(1)(c)"],
  properties: ["tags", "masterUsername"],
  why: "More people can access a development database or a bucket, with weaker logins, and copies there live longer. Real names and addresses do not belong there.",
  solution:
    "Copy from a database that is not production, given by the name of its instance or of one of its automated backups. Or have `shipshape request environment-refresh` make a masked copy: its signed statement is the proof, for that resource id and until its last day, which only `guard --live` with the control plane's database can read. A tag on the copy proves nothing. For a copy that something else has masked, write a waiver of category `mitigated`.",
  throwaways: true,
  types: [...databases, exportTask],
  *check(resource, { standard, copyProofOf }) {
    if (resource.is(exportTask)) return yield* exported(resource, standard);
    yield* unproven(resource, standard, copyProofOf);
    // A replica is judged in `checkInStack`, which can see its source.
    if ((!isCopy(resource) && !followsGlobalCluster(resource)) || isReplica(resource)) return;
    yield* unmasked(resource, standard);
  },
  typesInStack: databases,
  *checkInStack(database, stack, { standard }) {
    if (!isReplica(database)) return;
    const source = sourceOfReplica(database, stack);
    if (source === undefined || strictnessOf(source, standard).production) yield* unmasked(database, standard);
  },
});

/**
 * A database that is tagged as a masked copy, or was one by the evidence, whatever its tags say now. The RDS API does
 * not say of any other what it was restored from.
 */
function* unproven(database: Resource, standard: Standard, copyProofOf: RuleSettings["copyProofOf"]): Iterable<Found> {
  const isTagged = Object.values(copyTagKeys).some((key) => database.tag(key) !== undefined);
  if (isProduction(standard, environmentOfCopy(database, standard))) return;
  const proof = copyProofOf?.(database);
  if (proof?.word === "proven") return;
  if (proof?.word === "refuted" || (isTagged && proof?.word === "none"))
    yield {
      found: `a masked copy without proof: ${proof.reason}`,
      allowed: "a copy with the signed statement of a refresh of its own, whose last day is not over",
      change: "remove it, and request another refresh",
    };
  else if (isTagged) yield new Undecided("tags", "evidence");
}

function* unmasked(copy: Resource, standard: Standard): Iterable<Found> {
  const environment = environmentOfCopy(copy, standard);
  if (isProduction(standard, environment)) return;
  const origin = environmentOfOrigin(copy, standard);
  if (origin !== undefined && !isProduction(standard, origin)) return;
  yield {
    found: `a copy of ${origin === undefined ? "a database of unknown environment" : "production"}, created for ${environment}`,
    allowed: "copies of databases that are not production",
    change: isRestored(copy)
      ? "restore from an instance or automated backup whose name shows that it is not production"
      : "replicate a database that is not production",
  };
}

/** Guardrails cannot see data in a bucket. */
function* exported(task: Resource, standard: Standard): Iterable<Found> {
  const origin = environmentOfOrigin(task, standard);
  if (origin !== undefined && !isProduction(standard, origin)) return;
  const source = task.text("sourceArn");
  yield {
    property: "sourceArn",
    found: source,
    allowed: "an automated backup of a database that is not production",
    change: "do not export production data to a bucket",
  };
}
