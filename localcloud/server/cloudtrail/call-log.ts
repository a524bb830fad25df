import { randomUUID } from "node:crypto";
import type { AnsweredCall } from "../action";
import { accountId } from "../arn";
import { callerOf } from "../caller";
import type { Clock } from "../clock";
import { Journal } from "../journal";
import { limits } from "../limits";
import { redact } from "./redact";
import { type NamedResource, resourcesOf } from "./resources";

/** One API call as CloudTrail tells it. */
export interface LoggedCall {
  id: string;
  /** ISO, by the cloud's clock. */
  time: string;
  /** `rds.amazonaws.com` */
  source: string;
  name: string;
  region: string;
  readOnly: boolean;
  accessKeyId: string;
  userAgent: string;
  requestId: string;
  /** Without secrets. */
  input: unknown;
  resources: NamedResource[];
  error?: { code: string; message: string };
}

/** Every API call the server has answered, the newest `limits.apiCalls` of them. */
export class CallLog {
  private readonly journal: Journal<LoggedCall>;

  constructor(
    path: string,
    private readonly clock: Clock,
  ) {
    this.journal = new Journal<LoggedCall>(path, limits.apiCalls);
  }

  record({ service, action, readOnly, call, input, output, error }: AnsweredCall): void {
    this.journal.append({
      id: randomUUID(),
      time: this.clock.now().toISOString(),
      source: `${service}.amazonaws.com`,
      name: action,
      region: call.region,
      readOnly,
      accessKeyId: call.accessKeyId,
      userAgent: call.userAgent,
      requestId: call.requestId,
      input: redact(input),
      resources: resourcesOf(service, input, output),
      ...(error && { error }),
    });
  }

  /** Newest first, as CloudTrail answers. */
  newestFirst(): LoggedCall[] {
    // The clock can be set back, so the order of the calls is not the order of their times; that of their times is told.
    return [...this.journal.list()].reverse().sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0));
  }
}

/** The whole event, as in the member `CloudTrailEvent`. */
export function trailEvent(call: LoggedCall): object {
  const { userName, userId, arn } = callerOf(call.accessKeyId);
  return {
    eventVersion: "1.11",
    userIdentity: { type: "IAMUser", principalId: userId, arn, accountId, accessKeyId: call.accessKeyId, userName },
    eventTime: `${call.time.slice(0, 19)}Z`,
    eventSource: call.source,
    eventName: call.name,
    awsRegion: call.region,
    sourceIPAddress: "127.0.0.1",
    userAgent: call.userAgent,
    ...(call.error && { errorCode: call.error.code, errorMessage: call.error.message }),
    requestParameters: camelCased(call.input),
    responseElements: null,
    requestID: call.requestId,
    eventID: call.id,
    readOnly: call.readOnly,
    resources: call.resources.map((resource) => ({ accountId, type: resource.type, ARN: resource.name })),
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: accountId,
    eventCategory: "Management",
  };
}

/** CloudTrail writes `dBInstanceIdentifier` for `DBInstanceIdentifier`: the first letter alone is lowered. */
function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.charAt(0).toLowerCase() + name.slice(1), camelCased(inner)]));
}
