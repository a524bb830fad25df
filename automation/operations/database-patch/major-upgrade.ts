/**
 * Pure: what another major needs besides. Its parameter group has to be there before green, and the old instance, which
 * is kept, keeps that of its own: so the stack has both, and is prepared for it by a change of its own.
 */
import { ownParameterGroupOf } from "../../../components/names";
import { familyOf } from "../../../components/standards/fixed";
import { majorsOf, type Standard } from "../../../components/standards/standard";
import type { PlannedChange, StackChange } from "../../fleet-records";
import { isOtherMajor, type Obstacle } from "../../patches/obstacles";
import {
  configured,
  configWith,
  planStackChange,
  stackChangeHolds,
  type ObservedStack,
} from "../../runner/stack-change";
import { majorOf, type RunningVersion } from "../../version-records";
import { switchoverSeconds } from "./limits";

/** The change that declares the parameter group of the new major beside the one in use. */
export interface MajorUpgrade {
  prepare: PlannedChange;
}

/** Why a database cannot go to another major by blue/green. What its server says is looked at apart. */
export function upgradeObstaclesOf(
  { identifier, engineVersion: from, parameterGroup }: RunningVersion,
  to: string,
  { stack: { config }, hasNewGroup, standard }: { stack: ObservedStack; hasNewGroup: boolean; standard: Standard },
): Obstacle[] {
  if (!isOtherMajor(from, to)) return [];
  const own = ownParameterGroupOf(identifier, familyOf(Number(majorOf(from))));
  const declared = config && (configured(config.file, config.text, "shipshape:request") as { otherMajor?: number });
  const all: (string | false)[] = [
    !majorsOf(standard).some((one) => String(one) === majorOf(to)) &&
      `the standard ${standard.name} has no major ${majorOf(to)}`,
    parameterGroup !== own &&
      `its parameter group is ${parameterGroup ?? "not known"}, and not ${own}: give it parameters: {"rds.logical_replication": 1}, bring its stack up, and restart it`,
    hasNewGroup &&
      `RDS has the parameter group ${newGroupOf(identifier, to)} already: delete it, if no instance uses it (aws rds delete-db-parameter-group)`,
    declared?.otherMajor !== undefined && keptMajor(declared.otherMajor, from),
  ];
  return all.flatMap((why) => (why ? [{ kind: "topology", detail: `not to another major: ${why}` }] : []));
}

const keptMajor = (otherMajor: number, from: string): string =>
  otherMajor > Number(majorOf(from))
    ? `its stack has otherMajor ${otherMajor} of an upgrade that did not take place: take it out, and bring the stack up`
    : `its stack has otherMajor ${otherMajor} of the upgrade before: delete the instance that was replaced (retire-replaced-instance), and take otherMajor out`;

/** The parameter group that green gets. */
export const newGroupOf = (identifier: string, to: string): string =>
  ownParameterGroupOf(identifier, familyOf(Number(majorOf(to))));

export const planPreparation = (to: string, requestId: string, stack: ObservedStack): PlannedChange =>
  planStackChange(
    {
      set: [{ path: ["otherMajor"], value: Number(majorOf(to)) }],
      why: `The parameter group of PostgreSQL ${majorOf(to)} is made before the instance that will use it.`,
      requestId: `${requestId}-prepared`,
      expected: [],
    },
    stack,
  );

/** What is set with the new version: from then on the other major is that of the old instance. */
export const majorsSet = (from: string, to: string): StackChange["set"] => [
  { path: ["postgresMajor"], value: Number(majorOf(to)) },
  { path: ["otherMajor"], value: Number(majorOf(from)) },
];

/** The stack as the preparation leaves it. */
export const preparedStack = (stack: ObservedStack, upgrade: MajorUpgrade | undefined): ObservedStack =>
  upgrade && stack.config
    ? { ...stack, config: { ...stack.config, text: configWith(stack.config.file, stack.config.text, upgrade.prepare) } }
    : stack;

export const preparationHolds = (upgrade: MajorUpgrade | undefined, stack: ObservedStack): boolean =>
  !upgrade || stackChangeHolds(upgrade.prepare, stack);

/** What a person approves. */
export const upgradeText = (identifier: string, from: string, to: string): string =>
  [
    `By blue/green to another major: a copy of ${identifier} with PostgreSQL ${to} gets its rows by logical replication, and then its name and its address.`,
    "Until then, no DDL on it, no new partitions, no large objects: RDS copies none of these, and refuses to switch over. It does not copy a GRANT either, and does not say so.",
    `Clients are cut off once, as soon as green is ready: that may be a day later, and outside of the maintenance window. RDS gives up after ${switchoverSeconds} s, and then the database is as it was.`,
    "The name moves to another resource id: the stack's state follows, and evidence of its recovery begins again with a drill.",
    `The old instance, with ${from}, is kept read-only, with its parameter group, and is paid for until a request deletes it (retire-replaced-instance).`,
    "Way back: the old instance, which loses what was written since the switchover. RDS never goes back a major.",
  ].join("\n");
