/** Who made the differences that people must answer, and the waivers of the guardrails that they break. */
import type { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { readWaivers } from "../../../policypacks/database-guardrails/waivers/waiver-files";
import { awsClients, type AwsClients } from "../../targets/aws-access";
import { callsAbout, trailClient, type CallsAbout } from "../../targets/cloud-trail";
import { callerOf, eventsOf } from "../../targets/database-instance";
import { accessTo } from "../../targets/locations";
import type { OperationContext } from "../operation-context";
import { changedBy, isDecided, isSamePrincipal, notRecorded, type ChangedBy, type DatabaseEvent } from "./changed-by";
import { cloudNamesOf } from "./cloud-names";
import { isInstance } from "./differences";
import { canBeExplained, type NamedDifference } from "./explaining-calls";
import type { Explanations, KnownDifference } from "./known-differences";
import { lookUpSecondsMax, lookUpsMax } from "./limits";
import type { DriftDetectionPlan } from "./plan";
import { waiversOf } from "./waived";

export async function explanationsOf(
  s: Pick<OperationContext, "access" | "waiversFolder">,
  plan: DriftDetectionPlan,
  differences: readonly KnownDifference[],
  names: Readonly<Record<string, string[]>>,
  signal: AbortSignal,
): Promise<Explanations> {
  const today = new Date().toISOString().slice(0, 10);
  const { waivers } = readWaivers(s.waiversFolder, today, "any rule");
  const access = accessTo(s.access, plan.database);
  const trail = trailClient(access);
  try {
    const history = new History(plan, trail, awsClients(access), signal);
    const found: Explanations = {};
    for (const difference of differences) {
      const of = cloudNamesOf(plan, difference, names);
      found[difference.key] = {
        change: await history.changedBy({ difference, names: of }),
        waivers: waiversOf(difference, [difference.urn, ...of], waivers, today),
      };
    }
    return found;
  } finally {
    trail.destroy();
  }
}

const none: CallsAbout = { calls: [], isAll: false, rest: null, unread: null };

/** Each list is read once, whatever is asked of it: what was enough for one difference goes on there for another. */
class History {
  private readonly calls = new Map<string, CallsAbout>();
  private events: DatabaseEvent[] | undefined;
  private caller: string | undefined;
  private readonly until = Date.now() + lookUpSecondsMax * 1000;

  constructor(
    private readonly plan: DriftDetectionPlan,
    private readonly trail: CloudTrailClient,
    private readonly clients: AwsClients,
    private readonly signal: AbortSignal,
  ) {}

  async changedBy(named: NamedDifference): Promise<ChangedBy> {
    if (!canBeExplained(named.difference)) return notRecorded();
    const calls: CallsAbout["calls"] = [];
    let unread: string | null = null;
    for (const name of named.names) {
      const about = await this.callsAbout(name, named);
      calls.push(...about.calls);
      unread ??= about.unread;
      if (isDecided(named, calls)) break;
    }
    const events = isInstance(named.difference.type) && !isDecided(named, calls) ? await this.eventsNow() : [];
    const answer = changedBy(named, calls, events, unread);
    return {
      ...answer,
      isOurs: answer.principal !== null && isSamePrincipal(answer.principal, await this.ourselves()),
    };
  }

  private async callsAbout(name: string, named: NamedDifference): Promise<CallsAbout> {
    const known = this.calls.get(name);
    // A list that ended early was enough for another difference of the same resource.
    if (known && (known.isAll || known.unread !== null || isDecided(named, known.calls))) return known;
    if (Date.now() > this.until)
      return { ...none, calls: known?.calls ?? [], unread: "CloudTrail took too long: others ask it, too" };
    if (!known && this.calls.size >= lookUpsMax)
      return {
        ...none,
        unread: `CloudTrail was asked about ${lookUpsMax} resources, and not about this one`,
      };
    const createdAt = this.plan.beyond.instance?.createdAt;
    const from = createdAt ? new Date(createdAt) : undefined;
    const found = await callsAbout(this.trail, name, from, (calls) => isDecided(named, calls), this.signal, known);
    this.calls.set(name, found);
    return found;
  }

  private async eventsNow(): Promise<DatabaseEvent[]> {
    return (this.events ??= await eventsOf(this.clients, this.plan.database.identifier));
  }

  private async ourselves(): Promise<string> {
    return (this.caller ??= (await callerOf(this.clients)) ?? "");
  }
}
