import { z } from "zod";
import { type Service, action } from "../wire/action";
import { AwsError } from "../wire/aws-error";
import { callerOf } from "../wire/caller";
import { type LoggedCall, trailEvent } from "./call-log";

const attributes = z.enum([
  "EventId",
  "EventName",
  "ReadOnly",
  "Username",
  "ResourceType",
  "ResourceName",
  "EventSource",
  "AccessKeyId",
]);

/** Seconds since 1970, as JSON 1.1 writes times. */
const time = z.number().transform((seconds) => new Date(seconds * 1000).toISOString());

const eventsPerPage = 50;

const lookup = z.strictObject({
  LookupAttributes: z.array(z.strictObject({ AttributeKey: attributes, AttributeValue: z.string() })).default([]),
  StartTime: time.optional(),
  EndTime: time.optional(),
  MaxResults: z.int().default(eventsPerPage),
  NextToken: z.string().optional(),
});

/**
 * The server's own call log. Unlike AWS CloudTrail, which lags by minutes, it lists a call as soon as it is answered.
 */
export const cloudTrail: Service = {
  name: "cloudtrail",
  protocol: "json",
  actions: [
    action({
      name: "LookupEvents",
      input: lookup,
      run(input, { cloud, region }) {
        refuseInvalid(input);
        const found = cloud.calls.newestFirst().filter((call) => call.region === region && matchesLookup(call, input));
        const start = startOf(input.NextToken, found);
        const end = start + input.MaxResults;
        return {
          Events: found.slice(start, end).map(view),
          ...(end < found.length ? { NextToken: found[end]?.id } : {}),
        };
      },
    }),
  ],
};

function refuseInvalid({ StartTime, EndTime, MaxResults, LookupAttributes }: z.output<typeof lookup>): void {
  if (StartTime !== undefined && EndTime !== undefined && StartTime > EndTime)
    throw new AwsError("InvalidTimeRangeException", `The start time ${StartTime} is after the end time ${EndTime}.`);
  if (MaxResults < 1 || MaxResults > eventsPerPage)
    throw new AwsError(
      "InvalidMaxResultsException",
      `MaxResults must be between 1 and ${eventsPerPage}, not ${MaxResults}.`,
    );
  if (LookupAttributes.length > 1)
    throw new AwsError(
      "InvalidLookupAttributesException",
      `A lookup takes one attribute, not ${LookupAttributes.length}.`,
    );
}

function matchesLookup(call: LoggedCall, requested: z.output<typeof lookup>): boolean {
  const isInTime =
    (requested.StartTime === undefined || call.time >= requested.StartTime) &&
    (requested.EndTime === undefined || call.time <= requested.EndTime);
  return (
    isInTime &&
    requested.LookupAttributes.every(({ AttributeKey, AttributeValue }) =>
      valuesOf(call, AttributeKey).includes(AttributeValue),
    )
  );
}

function valuesOf(call: LoggedCall, attribute: z.output<typeof attributes>): string[] {
  switch (attribute) {
    case "EventId":
      return [call.id];
    case "EventName":
      return [call.name];
    case "ReadOnly":
      return [String(call.readOnly)];
    case "Username":
      return [callerOf(call).userName];
    case "ResourceType":
      return call.resources.map((resource) => resource.type);
    case "ResourceName":
      return call.resources.map((resource) => resource.name);
    case "EventSource":
      return [call.source];
    case "AccessKeyId":
      return [call.accessKeyId];
  }
}

/**
 * The token is the id of the event a page starts with, so that calls made between two pages do not shift the result.
 */
function startOf(token: string | undefined, found: LoggedCall[]): number {
  if (token === undefined) return 0;
  const position = found.findIndex((call) => call.id === token);
  if (position < 0)
    throw new AwsError("InvalidNextTokenException", "The NextToken is unknown, or its event is no longer kept.");
  return position;
}

const view = (call: LoggedCall): object => ({
  EventId: call.id,
  EventName: call.name,
  ReadOnly: String(call.readOnly),
  AccessKeyId: call.accessKeyId,
  EventTime: new Date(`${call.time.slice(0, 19)}Z`),
  EventSource: call.source,
  Username: callerOf(call).userName,
  Resources: call.resources.map((resource) => ({ ResourceType: resource.type, ResourceName: resource.name })),
  CloudTrailEvent: JSON.stringify(trailEvent(call)),
});
