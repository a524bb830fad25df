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
  title: "No copy of production data is kept outside production unmasked",
  severity: "critical",
  owner: "team-security",
  controls: ["SOC 2 CC6.1", "GDPR Art. 5(1)(c)"],
  properties: ["tags", "masterUsername"],
  why: "More people reach a development database or a bucket, with weaker logins and longer-lived copies. Real names and addresses have no business there.",
  solution:
    "Copy from what is not production, named by an instance or one of its automated backups. A copy that was masked says so in a waiver of category `mitigated`: a tag that the copy gives itself proves nothing.",
  throwaways: true,
  types: [...databases, exportTask],
  *check(resource) {
    if (resource.is(exportTask)) return yield* exported(resource);
    // A replica is judged beside its source, where that can be seen.
    if ((!isCopy(resource) && !followsGlobalCluster(resource)) || isReplica(resource)) return;
    yield* unmasked(resource);
  },
  typesInStack: databases,
  *checkInStack(database, stack) {
    if (!isReplica(database)) return;
    const source = sourceOfReplica(database, stack);
    if (source === undefined || strictnessOf(source).production) yield* unmasked(database);
  },
});

function* unmasked(copy: Resource): Iterable<Found> {
  const environment = environmentOfCopy(copy);
  if (environment === "production") return;
  const origin = environmentOfOrigin(copy);
  if (origin !== undefined && origin !== "production") return;
  yield {
    found: `a copy of ${origin === undefined ? "a database that nobody can tell the environment of" : "production"}, made for ${environment}`,
    allowed: "copies of what is not production",
    change: isRestored(copy)
      ? "restore from an instance or automated backup whose name says that it is not production"
      : "replicate what is not production",
  };
}

/** In a bucket no guardrail sees the data any more. */
function* exported(task: Resource): Iterable<Found> {
  const origin = environmentOfOrigin(task);
  if (origin !== undefined && origin !== "production") return;
  const source = task.text("sourceArn");
  yield {
    property: "sourceArn",
    found: source,
    allowed: "an automated backup of what is not production",
    change: "do not export production data to a bucket",
  };
}
