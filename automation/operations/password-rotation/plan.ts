/** Pure: which logins come into use, or are locked, and the change of the stack that does it. */
import { isInGrace, usernameAt, type RoleRotation } from "../../../components/standards/rotated-logins";
import type { Standard } from "../../../components/standards/standard";
import { ShipshapeError } from "../../errors";
import { targetDatabase, type DeclaredRole, type PlannedChange, type TargetDatabase } from "../../fleet-records";
import { canonicalJson, type PlanBasis } from "../../records";
import { configured, planStackChange, stackChangeHolds, type ObservedStack } from "../../runner/stack-change";
import { followsStill, heldTo } from "../../tier-of";
import { evidenceValidDays } from "./limits";
import type { PasswordRotationRequest } from "./request";

/** The database as the cloud describes it, and its stack. */
export interface ObservedRotation {
  identifier: string;
  arn: string;
  resourceId: string;
  tags: Record<string, string>;
  stack: ObservedStack;
}

export interface RotatedRole {
  role: string;
  /** As the stack has it before the run. */
  before: DeclaredRole;
  /** In use once it is rotated. */
  generation: number;
  inUse: string;
  /** May log in until the end of the grace. */
  loginBefore: string;
}

export interface PasswordRotationPlan extends PlanBasis {
  database: TargetDatabase;
  change: PlannedChange;
  /** A rotation that was interrupted in its grace is finished before there is another: that only locks. */
  does: "rotate" | "lock";
  schemaName: string;
  roles: RotatedRole[];
  graceSeconds: number;
  waits: true;
}

/** Errors: rotation-undeclared, rotation-role-unknown, rotation-unfinished, and those of `planStackChange`. */
export function planRotation(
  request: PasswordRotationRequest,
  observed: ObservedRotation,
  requestId: string,
  standard: Standard,
): PasswordRotationPlan {
  const { identifier, tags, stack } = observed;
  const { schemaName, roles: known } = accessOf(observed);
  const wanted = request.roles?.split(",") ?? Object.keys(known);
  const declared = [...new Set(wanted)].map((role) => {
    if (!Object.hasOwn(known, role))
      throw new ShipshapeError("rotation-role-unknown", { identifier, role, known: Object.keys(known).join(", ") });
    return [role, known[role]!] as const;
  });
  for (const [role, found] of declared) requireBroughtUp(observed, role, found);
  const unlocked = declared.filter(([, found]) => isInGrace(found));
  const does = unlocked.length > 0 ? "lock" : "rotate";
  const roles = (does === "lock" ? unlocked : declared).map(([role, before]): RotatedRole => {
    const generation = does === "lock" ? before.generation : before.generation + 1;
    const inUse = usernameAt(role, generation);
    return { role, before, generation, inUse, loginBefore: usernameAt(role, generation - 1) };
  });
  return {
    target: request.database,
    database: targetDatabase(observed),
    tags,
    heldTo: heldTo(tags, standard),
    ...(request.roles !== undefined && { subject: roles.map(({ role }) => role).join(",") }),
    evidenceValidDays,
    change: planStackChange({ ...(does === "lock" ? lockOf : rotationOf)(identifier, roles), requestId }, stack),
    does,
    schemaName,
    roles,
    graceSeconds: Math.round(request.graceMinutes * 60),
    waits: true,
  };
}

const accessOf = ({ identifier, stack }: ObservedRotation) => {
  if (!stack.access) throw new ShipshapeError("rotation-undeclared", { identifier, stack: stack.stack });
  return stack.access;
};

const names = (roles: RotatedRole[]): string => roles.map(({ role }) => role).join(", ");

const rotationOf = (identifier: string, roles: RotatedRole[]) => ({
  key: "shipshape:rotation" as const,
  set: roles.map(({ role, generation }) => ({ path: [identifier, role, "generation"], value: generation })),
  why: `The passwords of ${names(roles)} are rotated: their other logins come into use.`,
  expected: roles.map(({ role, before, generation }) => ({
    property: `${role}.generation`,
    from: before.generation,
    to: generation,
  })),
});

const lockOf = (identifier: string, roles: RotatedRole[]) => ({
  key: "shipshape:rotation" as const,
  set: roles.map(({ role, generation }) => ({ path: [identifier, role, "locked"], value: generation - 1 })),
  // Written before anything is tried or looked at.
  why: `The logins ${roles.map(({ loginBefore }) => loginBefore).join(", ")} are locked: the secrets name others.`,
  expected: roles.map(({ role, before, generation }) => ({
    property: `${role}.locked`,
    from: before.locked ?? null,
    to: generation - 1,
  })),
});

/**
 * The lock at the end of the grace, by what is committed then: others may have changed the stack meanwhile. Errors:
 * rotation-unfinished, and those of `planStackChange`.
 */
export function planLock(plan: PasswordRotationPlan, observed: ObservedRotation): PlannedChange {
  const { roles } = accessOf(observed);
  for (const { role, generation, before } of plan.roles) {
    const found = roles[role];
    requireBroughtUp(observed, role, found ?? { generation: 0 });
    if (found?.generation !== generation) throw unfinished(observed, role, { ...before, generation }, found);
  }
  // Its commit is not that of the rotation.
  const requestId = `${plan.change.requestId}-lock`;
  return planStackChange({ ...lockOf(observed.identifier, plan.roles), requestId }, observed.stack);
}

/** Bringing up what someone else has committed and not brought up would rotate more than people have approved. */
function requireBroughtUp(observed: ObservedRotation, role: string, declared: RoleRotation): void {
  const { config } = observed.stack;
  if (!config) return;
  const all = (configured(config.file, config.text, "shipshape:rotation") ?? {}) as Record<
    string,
    Record<string, RoleRotation> | undefined
  >;
  const said = all[observed.identifier]?.[role];
  if (shown(said) !== shown(declared)) throw unfinished(observed, role, said, declared);
}

const unfinished = (
  { stack: { stack } }: ObservedRotation,
  role: string,
  said: RoleRotation | undefined,
  declared: RoleRotation | undefined,
) => new ShipshapeError("rotation-unfinished", { stack, role, configured: shown(said), declared: shown(declared) });

const shown = ({ generation, locked }: RoleRotation = { generation: 0 }): string =>
  `generation ${generation}${locked === undefined ? "" : `, locked ${locked}`}`;

export const rotationStillHolds = (
  plan: PasswordRotationPlan,
  observed: ObservedRotation,
  standard: Standard,
): boolean =>
  followsStill(plan, standard) &&
  plan.database.resourceId === observed.resourceId &&
  canonicalJson(plan.tags) === canonicalJson(observed.tags) &&
  plan.roles.every(
    ({ role, before }) => canonicalJson(observed.stack.access?.roles[role] ?? {}) === canonicalJson(before),
  ) &&
  stackChangeHolds(plan.change, observed.stack);
