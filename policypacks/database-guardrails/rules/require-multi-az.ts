import type { Standard } from "../../../components/standards/standard";
import { offers } from "../vocabulary/engines";
import { followsKnownSource, isReplica } from "../vocabulary/origin";
import type { Resource } from "../vocabulary/resource";
import { defineRule, type Found } from "../judging/rule";
import { namedStrictness, strictnessOf } from "../vocabulary/strictness";
import { instance } from "../vocabulary/types";

export const requireMultiAz = defineRule({
  id: "require-multi-az",
  title: "A database has a standby in another zone if its tier requires one",
  severity: "medium",
  owner: "team-platform",
  controls: ["RDS.5", "CKV_AWS_157"],
  properties: ["multiAz"],
  why: "Without a standby, the loss of a zone or disk is an outage until a restore is complete: longer than the tier allows.",
  solution: "Set `multiAz` to true, or choose the tier that fits.",
  types: [instance],
  *check(database, { standard }) {
    if (!isReplica(database)) yield* standbyOf(database, standard);
  },
  typesInStack: [instance],
  *checkInStack(database, stack, { standard }) {
    if (isReplica(database) && !followsKnownSource(database, stack)) yield* standbyOf(database, standard);
  },
});

function* standbyOf(database: Resource, standard: Standard): Iterable<Found> {
  const strictness = strictnessOf(database, standard);
  if (!strictness.standard.multiAz || !offers(database, "standby")) return;
  const found = database.boolean("multiAz");
  if (!found)
    yield {
      property: "multiAz",
      found,
      allowed: `true (${namedStrictness(strictness)})`,
      change: "set multiAz to true",
    };
}
