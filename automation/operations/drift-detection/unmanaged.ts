/** Databases that no stack declares: what the guardrails find on them, and how they come into a stack. */
import type { DBInstance } from "@aws-sdk/client-rds";
import type { Standard } from "../../../components/standards/standard";
import { severities } from "../../../policypacks/database-guardrails/judging/rule";
import { rules } from "../../../policypacks/database-guardrails/rules";
import type { Waiver } from "../../../policypacks/database-guardrails/waivers/waiver";
import { readWaivers } from "../../../policypacks/database-guardrails/waivers/waiver-files";
import { WaiverRegister } from "../../../policypacks/database-guardrails/waivers/waiver-register";
import { reasonOf } from "../../errors";
import type { TargetDatabase } from "../../fleet-records";
import { judge } from "../../guardrails/judgement";
import { liveInventory } from "../../guardrails/live-inventory";
import { onlyOfStates } from "../../guardrails/live-rules";
import { atOnce } from "../../at-once";
import { awsClients, type AwsAccess, type AwsClients } from "../../targets/aws-access";
import { findDatabase } from "../../targets/database-instance";
import { liveDatabase, type LiveDatabases } from "../../targets/live-databases";
import { accessTo } from "../../targets/locations";
import type { OperationContext } from "../operation-context";
import { guardrailDifference, type BrokenGuardrail, type JudgedByGuardrails } from "./guardrail-breaks";
import { importCommand } from "./known-differences";
import { unmanagedAtOnce, unmanagedJudgedMax } from "./limits";
import { waiversOf } from "./waived";

/** What the guardrails find on a database that nothing declares, small enough to keep one for each. */
export interface JudgedDatabase extends TargetDatabase, JudgedByGuardrails {
  owner: string | null;
  /** The command that writes the whole request of its import. */
  remedy: string;
}

/** For a sweep, once: each is described and judged as `shipshape guard --live` does. */
export async function unmanagedDatabases(
  s: JudgingContext & { access: AwsAccess },
  databases: readonly (TargetDatabase & { owner: string | null })[],
): Promise<JudgedDatabase[]> {
  const waived = waivedToday(s.waiversFolder);
  const judged = await atOnce(databases.slice(0, unmanagedJudgedMax), unmanagedAtOnce, async (one) => {
    try {
      const clients = awsClients(accessTo(s.access, one));
      const found = await findDatabase(clients, one.identifier);
      if (found?.DbiResourceId !== one.resourceId) return { ...one, breaks: [], unread: ["it is gone by now"] };
      return { ...one, ...(await judgedByGuardrails(clients, found, s, waived)) };
    } catch (error) {
      return { ...one, breaks: [], unread: [reasonOf(error)] };
    }
  });
  const left = databases.slice(unmanagedJudgedMax).map((one) => ({ ...one, breaks: [], unread: [tooMany] }));
  return [...judged, ...left].map((one) => ({ ...one, remedy: importCommand(one) }));
}

const tooMany = `more than ${unmanagedJudgedMax} databases are declared by no stack; a detection of it alone judges it`;

type JudgingContext = Pick<OperationContext, "standard" | "waiversFolder">;

export async function judgedByGuardrails(
  clients: AwsClients,
  instance: DBInstance,
  { standard, waiversFolder }: JudgingContext,
  { waivers, today } = waivedToday(waiversFolder),
): Promise<JudgedByGuardrails> {
  const live = await liveDatabase(clients, instance);
  const { DBInstanceArn: arn = "", DBInstanceIdentifier: identifier = "" } = instance;
  const breaks = brokenBy(live, standard, today).map((one) => ({
    ...one,
    waivers: waiversOf(guardrailDifference(arn, one), [arn, identifier], waivers, today),
  }));
  return { breaks, unread: live.unanswered };
}

function waivedToday(folder: string): { waivers: readonly Waiver[]; today: string } {
  const today = new Date().toISOString().slice(0, 10);
  return { waivers: readWaivers(folder, today, "any rule").waivers, today };
}

/** Pure. Of the database alone: its groups, which others may share, are judged with those. */
function brokenBy(live: LiveDatabases, standard: Standard, today: string): Omit<BrokenGuardrail, "waivers">[] {
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
  const broken = new Map<string, Omit<BrokenGuardrail, "waivers">>();
  for (const { kind, urn, rule, severity, found: value = "as it is", message } of found) {
    if (kind !== "violation" || urn !== arn || notApplied.includes(rule) || !isKnown(rule)) continue;
    // One that finds several properties is broken once.
    const { actual, reason } = broken.get(rule) ?? {};
    const both = { actual: joined(", ", actual, value), reason: joined("; ", reason, message) };
    broken.set(rule, { rule, severity, ...both });
  }
  return [...broken.values()].sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}

const joined = (separator: string, ...texts: (string | undefined)[]): string =>
  [...new Set(texts.filter((text) => text !== undefined))].join(separator);
