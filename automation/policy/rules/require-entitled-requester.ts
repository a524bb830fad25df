import { principalOf } from "../../principals";
import { hasRole, isInTeam } from "../roles";
import { defineAdmissionRule } from "../rule";

/** The account of every embedded cloud: AWS's example account, which nobody has. */
const embeddedAccount = "123456789012";

export const requireEntitledRequester = defineAdmissionRule({
  id: "require-entitled-requester",
  why: "A database is changed on behalf of the team that owns it, or by those who operate the fleet: others do not know what a change would break. Those who may request operations may have any database read, or copied into an isolated throwaway. Without roles in `shipshape.yaml`, everyone who can use the control plane may ask for everything. A name that `local env --as` issues counts for databases of the embedded cloud alone.",
  solution:
    "Ask an operator or a member of the owning team to request it, or have `shipshape.yaml` name you (docs/configuration.md); a worker that starts puts the file in force. `npx shipshape status` shows since when which roles are.",
  owner: "team-platform",
  judge({ access, principal, operation, plan, standard }) {
    const owner = plan.tags[standard.tags.owner.key];
    if (principalOf(principal).kind === "embedded" && plan.database && plan.database.account !== embeddedAccount)
      return {
        verdict: "denied",
        reason: `${principal} is a name of the embedded cloud, and ${plan.target} is not in it`,
      };
    if (access.roles === undefined) return { verdict: "allowed", reason: "no roles are in force: everyone may ask" };
    if (hasRole(access, principal, "operator")) return { verdict: "allowed", reason: `${principal} is an operator` };
    if (isInTeam(access, principal, owner))
      return { verdict: "allowed", reason: `${principal} is in the team ${owner}, which owns ${plan.target}` };
    const replaced = plan.copies?.replaces;
    const replacedOwner = replaced?.tags[standard.tags.owner.key];
    if (replaced && isInTeam(access, principal, replacedOwner))
      return {
        verdict: "allowed",
        reason: `${principal} is in the team ${replacedOwner}, which owns ${replaced.database.identifier}; that of the source decides`,
      };
    if (operation.effect !== "changes" && hasRole(access, principal, "requester"))
      return { verdict: "allowed", reason: `${principal} is a requester, and ${operation.name} changes no database` };
    const team = owner === undefined ? "nobody owns" : `not in the team ${owner}, which owns`;
    const either = replaced
      ? `, nor in the team ${replacedOwner ?? "nobody"}, which owns ${replaced.database.identifier}`
      : "";
    return { verdict: "denied", reason: `${principal} is not an operator, and ${team} ${plan.target}${either}` };
  },
});
