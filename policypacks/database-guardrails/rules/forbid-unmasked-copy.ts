import { isProduction, type Standard } from "../../../components/standards/standard";
import {
  environmentOfOrigin,
  followsGlobalCluster,
  isCopy,
  isReplica,
  isRestored,
  sourceOfReplica,
} from "../vocabulary/origin";
import type { Resource } from "../vocabulary/resource";
import { defineRule, type Found } from "../judging/rule";
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
    "Copy from a database that is not production, given by the name of its instance or of one of its automated backups. For a masked copy, write a waiver of category `mitigated`: a tag on the copy proves nothing.",
  throwaways: true,
  types: [...databases, exportTask],
  *check(resource, { standard }) {
    if (resource.is(exportTask)) return yield* exported(resource, standard);
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
