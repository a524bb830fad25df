import type { Standard } from "../../../components/standards/standard";
import { environmentOfSource, leavesItsPlace, onlyStaysLonger } from "../data-copies";
import { defineAdmissionRule } from "../rule";

export const requireApprovalOfSource = defineAdmissionRule({
  id: "require-approval-of-source",
  why: "A copy of a database's data is read by others than its owner expects as soon as it leaves the database's environment or account: by everyone who works with staging, for example. So the team that owns the source decides on each such copy, not only the team that gets it. If the environment of the source is unknown, the data counts as leaving it. A person who is shown real rows reads them, too, wherever the copy is that they are from: that needs the same approval. The throwaway of a restore drill is no such copy: nothing can reach it but the drill, which removes it.",
  solution:
    "A member of the team that owns the source reads the plan (`npx shipshape show <id>`) and approves it by its digest (`npx shipshape approve <id> --help`). For `restricted` data two members do. A copy that stays in the source's environment and account needs no such approval, if its rows are shown to nobody.",
  owner: "team-platform",
  judge({ operation, plan: { copies, showsRows, target, tags }, standard }) {
    if (showsRows)
      return {
        verdict: "needs-approval",
        reason: `${operation.name} shows real rows of ${target}, which belongs to ${tags[standard.tags.owner.key] ?? "nobody"}, to the requester`,
        approvals: [{ by: "owning-team", people: peopleFor(tags, standard) }],
      };
    if (!copies) return { verdict: "allowed", reason: `${operation.name} leaves no copy of a database's data` };
    const { source, to, madeOf } = copies;
    const stays = onlyStaysLonger(copies);
    const { identifier, account } = source.database;
    const environment = environmentOfSource(copies, standard);
    if (!leavesItsPlace({ copies }, standard))
      return { verdict: "allowed", reason: `the data of ${identifier} stays in ${environment}, account ${account}` };
    const owner = source.tags[standard.tags.owner.key] ?? "nobody";
    return {
      verdict: "needs-approval",
      reason: `${operation.name} ${stays ? "keeps a masked copy of" : "copies"} the data of ${identifier}, which belongs to ${owner}, from ${environment ?? "an unknown environment"}, account ${account}, ${stays ? "in" : "to"} ${to.environment}, account ${to.account}${madeOf === undefined ? "" : `, as its masked copy ${madeOf} has it`}`,
      approvals: [{ by: "source-owning-team", people: peopleFor(source.tags, standard) }],
    };
  },
});

const peopleFor = (tags: Record<string, string>, standard: Standard): number =>
  tags[standard.tags.dataClassification.key] === "restricted" ? 2 : 1;
