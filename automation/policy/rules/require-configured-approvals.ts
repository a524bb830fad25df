import { classificationsOf, environmentsOf, tiersOf, type TagName } from "../../../components/standards/standard";
import type { ConfiguredApproval } from "../roles";
import { defineAdmissionRule, type AdmissionFacts } from "../rule";

export const requireConfiguredApprovals = defineAdmissionRule({
  id: "require-configured-approvals",
  why: "Which requests people want to see before they run differs between companies: one has every copy of confidential data approved by the team that owns it, another lets drills run without one, since approvals would make them rare. So the list `approvals` in `shipshape.yaml` decides. A tag that is missing, or has a value that the standard does not know, counts as any that the list names: a database is not approved more easily because its tags are wrong.",
  solution:
    "Those whom the entry names read the plan (`npx shipshape show <id>`) and approve it by its digest (`npx shipshape approve <id> --help`). To be asked less often, narrow the entry (docs/configuration.md).",
  owner: "team-platform",
  judge(facts) {
    const matching = (facts.access.approvals ?? []).filter((one) => matches(one, facts));
    if (matching.length === 0)
      return { verdict: "allowed", reason: "no entry of `approvals` in shipshape.yaml is about this request" };
    return {
      verdict: "needs-approval",
      reason: `shipshape.yaml wants approval of ${matching.map(conditionsOf).join(", and of ")}`,
      approvals: matching.map(({ by, people }) => ({ by, people })),
    };
  },
});

/** Whether all conditions of an entry hold. */
function matches(one: ConfiguredApproval, { operation, plan, standard }: AdmissionFacts): boolean {
  const tagged = (name: TagName, wanted: readonly string[] | undefined, known: readonly string[]) => {
    const value = plan.tags[standard.tags[name].key] ?? "";
    return wanted === undefined || wanted.includes(value) || !known.includes(value);
  };
  return (
    (one.operation?.includes(operation.name) ?? true) &&
    (one.effect?.includes(operation.effect) ?? true) &&
    tagged("tier", one.tier, tiersOf(standard)) &&
    tagged("environment", one.environment, environmentsOf(standard)) &&
    tagged("dataClassification", one.dataClassification, classificationsOf(standard))
  );
}

function conditionsOf({ by: _, people: __, dataClassification, ...rest }: ConfiguredApproval): string {
  const given = Object.entries({ ...rest, "data classification": dataClassification }).filter(([, values]) => values);
  return given.map(([name, values]) => `${name} ${values!.join(" or ")}`).join(" with ") || "every request";
}
