/** Databases that no stack declares: what the guardrails find on them, and how they come into a stack. */
import type { DBInstance } from "@aws-sdk/client-rds";
import type { Standard } from "../../../components/standards/standard";
import { severities, type Severity } from "../../../policypacks/database-guardrails/judging/rule";
import { rules } from "../../../policypacks/database-guardrails/rules";
import { instance as instanceType } from "../../../policypacks/database-guardrails/vocabulary/types";
import { WaiverRegister } from "../../../policypacks/database-guardrails/waivers/waiver-register";
import { reasonOf } from "../../errors";
import type { TargetDatabase } from "../../fleet-records";
import { judge } from "../../guardrails/judgement";
import { liveInventory } from "../../guardrails/live-inventory";
import { onlyOfStates } from "../../guardrails/live-rules";
import { atOnce } from "../../targets/at-once";
import { awsClients, type AwsAccess, type AwsClients } from "../../targets/aws-access";
import { findDatabase } from "../../targets/database-instance";
import { liveDatabase, type LiveDatabases } from "../../targets/live-databases";
import { accessTo } from "../../targets/locations";
import type { Difference } from "./differences";
import { unmanagedAtOnce, unmanagedJudgedMax } from "./limits";
import { importCommand } from "./known-differences";

/** What the guardrails find on a database that nothing declares, small enough to keep one for each. */
export interface JudgedDatabase extends TargetDatabase {
  owner: string | null;
  /** The guardrails that it breaks, the worst first. */
  breaks: { rule: string; severity: Severity }[];
  /** Why it was not judged, or not by all of them; null if it was. */
  unread: string | null;
  /** The command that writes the whole request of its import. */
  remedy: string;
}

/** For a sweep, once: each is described and judged as `shipshape guard --live` does. */
export async function unmanagedDatabases(
  access: AwsAccess,
  standard: Standard,
  databases: readonly (TargetDatabase & { owner: string | null })[],
): Promise<JudgedDatabase[]> {
  const judged = await atOnce(databases.slice(0, unmanagedJudgedMax), unmanagedAtOnce, async (one) => {
    try {
      const clients = awsClients(accessTo(access, one));
      const found = await findDatabase(clients, one.identifier);
      if (found?.DbiResourceId !== one.resourceId) return { ...one, breaks: [], unread: "it is gone by now" };
      const { differences, unread } = await foundOnUnmanaged(clients, found, standard);
      const breaks = differences.map(({ breaks: [rule = ""], severity }) => ({ rule, severity }));
      breaks.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
      return { ...one, breaks, unread: unread.length > 0 ? unread.join("; ") : null };
    } catch (error) {
      return { ...one, breaks: [], unread: reasonOf(error) };
    }
  });
  const left = databases.slice(unmanagedJudgedMax).map((one) => ({ ...one, breaks: [], unread: "one of too many" }));
  return [...judged, ...left].map((one) => ({ ...one, remedy: importCommand(one) }));
}

/** One difference for each guardrail that the database breaks. */
export async function foundOnUnmanaged(
  clients: AwsClients,
  instance: DBInstance,
  standard: Standard,
): Promise<{ differences: Difference[]; unread: string[] }> {
  const live = await liveDatabase(clients, instance);
  const today = new Date().toISOString().slice(0, 10);
  return { differences: violationsOf(live, standard, today), unread: live.unanswered };
}

/** Pure. Of the database alone: its groups, which others may share, are judged with those. */
export function violationsOf(live: LiveDatabases, standard: Standard, today: string): Difference[] {
  const [{ DBInstanceArn: arn = "" } = {}] = live.instances;
  const { resources } = liveInventory(live);
  const notApplied = onlyOfStates(rules);
  // What its parameters are is not known then, and unset is not the same.
  const isKnown = (rule: string) =>
    live.unanswered.length === 0 ||
    !rules.some(({ id, properties }) => id === rule && properties.includes("parameters"));
  const found = judge(
    { declared: [], deployed: resources },
    { options: {}, raised: [], problems: [] },
    new WaiverRegister({ waivers: [], problems: [] }, today),
    { standard, today, rules },
  );
  return found
    .filter(({ kind, urn, rule }) => kind === "violation" && urn === arn && !notApplied.includes(rule) && isKnown(rule))
    .map(({ rule, severity, found: actual = "as it is", message }) => ({
      ...{ urn: arn, type: instanceType, property: `guardrails.${rule}`, desired: `what ${rule} allows`, actual },
      ...{ class: "unmanaged", reason: message, severity, breaks: [rule] },
    }));
}
