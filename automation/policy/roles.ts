/** Pure: which roles and teams a principal has, by the company's `shipshape.yaml`. */
import type { Ring } from "../../components/standards/fixed";
import { ShipshapeError } from "../errors";
import { namesPrincipal } from "../principals";
import type { ApprovalNeeded, ApprovalWanted, Effect } from "../records";

export type Role = "requester" | "operator" | "approver" | "auditor";

/** Who has which role, and who is in which team, as `shipshape.yaml` names principals. */
export interface Access {
  /** Without them, everyone who can use the control plane has all roles. */
  roles?: Record<Role, string[]> | undefined;
  /** By the `owner` tag of a team's databases. */
  teams?: Record<string, string[]> | undefined;
  /** Approvals that the company wants in addition to those that rules always want. */
  approvals?: ConfiguredApproval[] | undefined;
  /** How many changes each ring may have in a day. @default those of limits.ts */
  changesPerDay?: Partial<ChangesPerDay> | undefined;
  /** How many runs there may be at once, instead of what `runner/limits.ts` says. */
  limits?: { accountAndRegion?: number | undefined; operations?: Record<string, number> | undefined } | undefined;
}

export type ChangesPerDay = Record<`ring${Ring}`, number>;

/** Wanted of each request for which all of its conditions hold. */
export interface ConfiguredApproval extends ApprovalWanted {
  operation?: string[] | undefined;
  effect?: Effect[] | undefined;
  tier?: string[] | undefined;
  environment?: string[] | undefined;
  dataClassification?: string[] | undefined;
}

export const hasRole = ({ roles }: Access, principal: string, role: Role): boolean =>
  roles === undefined || namesPrincipal(roles[role], principal);

export const isInTeam = (access: Access, principal: string, team: string | undefined): boolean =>
  namesPrincipal(membersOf(access, team) ?? [], principal);

/** Undefined if the file does not name the team. A tag can have any value, also the name of what every object has. */
const membersOf = ({ teams = {} }: Access, team: string | undefined): string[] | undefined =>
  team !== undefined && Object.hasOwn(teams, team) ? teams[team] : undefined;

/** What needs a role, and which: one of them is enough. Members of teams may do what requesters may, and read. */
const needed = {
  "request operations": ["requester", "operator"],
  "cancel the requests of others": ["operator"],
  "start clean-ups again": ["operator"],
  "pause and resume operations": ["operator"],
  "answer findings": ["operator"],
  "send messages to runs": ["operator"],
  "decide on trains": ["operator", "approver"],
  "read the control plane's records": ["auditor", "requester", "operator", "approver"],
} as const satisfies Record<string, Role[]>;
export type Action = keyof typeof needed;
const ofTeams: readonly Action[] = ["request operations", "read the control plane's records"];

/** Errors: role-missing. */
export function requireRole(access: Access, principal: string, action: Action): void {
  const roles: readonly Role[] = needed[action];
  if (roles.some((role) => hasRole(access, principal, role))) return;
  const teams = ofTeams.includes(action) ? Object.keys(access.teams ?? {}) : [];
  if (teams.some((team) => isInTeam(access, principal, team))) return;
  const holders = roles.map((role) => `${role}: ${access.roles?.[role].join(", ") || "nobody"}`);
  throw new ShipshapeError("role-missing", {
    principal,
    action,
    roles: roles.join(" or "),
    holders: [...holders, ...(teams.length > 0 ? ["members of teams"] : [])].join("; "),
  });
}

/** The teams that own what a plan is about. */
type Owners = Record<Exclude<ApprovalWanted["by"], Role>, string | undefined>;

/** Who can give an approval that a rule wants; a team that the file does not name is replaced by the approvers. */
export function neededBy(access: Access, { by, people }: ApprovalWanted, owners: Owners): ApprovalNeeded {
  const ofRole = (role: Role, instead = "") =>
    access.roles === undefined
      ? { by: "other than the requester", people, principals: null }
      : { by: `with the role ${role}${instead}`, people, principals: access.roles[role] };
  if (by === "approver" || by === "operator") return ofRole(by);
  const team = owners[by];
  const members = membersOf(access, team);
  if (members) return { by: `of the team ${team}`, people, principals: members };
  return ofRole("approver", `, as shipshape.yaml names no team ${team ?? ""}`);
}
