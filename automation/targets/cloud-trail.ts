/** Who called what, as CloudTrail's event history has it: of 90 days, and late by up to 15 minutes. */
import { CloudTrailClient, LookupEventsCommand, type Event } from "@aws-sdk/client-cloudtrail";
import { setTimeout } from "node:timers/promises";
import { reasonOf, ShipshapeError } from "../errors";
import { clientSettings, explaining, type AwsAccess } from "./aws-access";
import { trailAttemptsMax, trailDays, trailPagesMax, trailPauseMilliseconds } from "./limits";

/** A call that succeeded and was no read. */
export interface RecordedCall {
  id: string;
  /** ISO. */
  at: string;
  /** "rds.amazonaws.com" */
  service: string;
  name: string;
  /** An ARN, or the service that called. */
  principal: string;
  parameters: unknown;
}

export interface CallsAbout {
  /** Newest first. */
  calls: RecordedCall[];
  /** Whether there are no others; not if it was enough before. */
  isAll: boolean;
  /** Where the list goes on, and after how many pages. */
  rest: { token: string; pages: number } | null;
  /** Why the rest could not be read. */
  unread: string | null;
}

/**
 * The calls about a resource of that name, page by page until it is enough; after those that are known. A refusal is
 * part of the answer.
 */
export async function callsAbout(
  client: CloudTrailClient,
  name: string,
  from: Date | undefined,
  enough: (calls: readonly RecordedCall[]) => boolean,
  signal?: AbortSignal,
  known?: CallsAbout,
): Promise<CallsAbout> {
  const calls = [...(known?.calls ?? [])];
  const oldest = new Date(Date.now() - trailDays * 86_400_000);
  let token = known?.rest?.token;
  for (let page = known?.rest?.pages ?? 0; page < trailPagesMax; page++) {
    // Two requests a second is the quota of the whole account and Region.
    if (page > 0) await setTimeout(trailPauseMilliseconds, undefined, { signal });
    try {
      const answer = await client.send(
        new LookupEventsCommand({
          LookupAttributes: [{ AttributeKey: "ResourceName", AttributeValue: name }],
          StartTime: from && from > oldest ? from : oldest,
          NextToken: token,
        }),
        { abortSignal: signal },
      );
      calls.push(...(answer.Events ?? []).flatMap(recordedCall));
      token = answer.NextToken;
    } catch (error) {
      if (error instanceof ShipshapeError || signal?.aborted) throw error;
      return {
        calls,
        ...{ isAll: false, rest: null },
        unread: `CloudTrail could not be read: ${(error as Error).name}: ${reasonOf(error)}`,
      };
    }
    if (token === undefined) return { calls, isAll: true, rest: null, unread: null };
    if (enough(calls)) return { calls, isAll: false, rest: { token, pages: page + 1 }, unread: null };
  }
  return {
    calls,
    isAll: false,
    rest: null,
    unread: `CloudTrail has more than ${trailPagesMax} pages of calls about ${name}`,
  };
}

/** It waits longer the more it is throttled: others look up events, too. */
export const trailClient = (access: AwsAccess): CloudTrailClient =>
  explaining(
    new CloudTrailClient({ ...clientSettings(access), retryMode: "adaptive", maxAttempts: trailAttemptsMax }),
    access,
  );

interface TrailEvent {
  eventSource?: string;
  eventTime?: string;
  errorCode?: string;
  readOnly?: boolean;
  requestParameters?: unknown;
  userIdentity?: { arn?: string; invokedBy?: string; principalId?: string };
}

export function recordedCall({ EventId = "", EventName = "", CloudTrailEvent = "" }: Event): RecordedCall[] {
  let event: TrailEvent;
  try {
    event = JSON.parse(CloudTrailEvent) as TrailEvent;
  } catch {
    return []; // says nothing
  }
  const { eventSource = "", eventTime = "", errorCode, readOnly, requestParameters, userIdentity = {} } = event;
  const principal = userIdentity.arn ?? userIdentity.invokedBy ?? userIdentity.principalId;
  if (errorCode !== undefined || readOnly === true || !principal) return [];
  return [
    { id: EventId, at: eventTime, service: eventSource, name: EventName, principal, parameters: requestParameters },
  ];
}
