import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { AnsweredCall } from "../wire/action";
import { callerOf } from "../wire/caller";
import type { Clock } from "../clock";
import { Journal } from "../storage/journal";
import { limits } from "../limits";
import type { Session } from "../sts/sessions";
import { redact } from "./redact";
import { type NamedResource, resourcesOf } from "./resources";

/** One API call as CloudTrail reports it. */
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
  /** Of an assumed role. */
  session?: Session;
  userAgent: string;
  requestId: string;
  /** Without secrets. */
  input: unknown;
  resources: NamedResource[];
  error?: { code: string; message: string };
}

/**
 * The API calls the server has answered, up to a bound. Changes and reads have separate bounds: polling must not push
 * changes out of the log.
 */
export class CallLog {
  private readonly changes: Journal<LoggedCall>;
  private readonly reads: Journal<LoggedCall>;

  constructor(
    folder: string,
    private readonly clock: Clock,
  ) {
    this.changes = new Journal<LoggedCall>(join(folder, "calls.jsonl"), limits.loggedChanges);
    this.reads = new Journal<LoggedCall>(join(folder, "read-calls.jsonl"), limits.loggedReads);
  }

  record({ service, action, readOnly, call, input, output, error }: AnsweredCall): void {
    const journal = readOnly ? this.reads : this.changes;
    journal.append({
      id: randomUUID(),
      time: this.clock.now().toISOString(),
      source: `${service}.amazonaws.com`,
      name: action,
      region: call.region,
      readOnly,
      accessKeyId: call.accessKeyId,
      ...(call.session && { session: call.session }),
      userAgent: call.userAgent,
      requestId: call.requestId,
      input: redact(input),
      resources: resourcesOf(service, input, output),
      ...(error && { error }),
    });
  }

  /** Newest first, as CloudTrail returns them; by time, as the clock can be set back. */
  newestFirst(): LoggedCall[] {
    const newerFirst = (a: LoggedCall, b: LoggedCall) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0);
    return [...this.changes.list(), ...this.reads.list()].reverse().sort(newerFirst);
  }
}

/** The whole event, as in the member `CloudTrailEvent`. */
export function trailEvent(call: LoggedCall): object {
  const { accountId } = callerOf(call);
  return {
    eventVersion: "1.11",
    userIdentity: identityOf(call),
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

function identityOf(call: LoggedCall): object {
  const { userName, userId, arn, accountId } = callerOf(call);
  const caller = { principalId: userId, arn, accountId, accessKeyId: call.accessKeyId };
  if (!call.session) return { type: "IAMUser", ...caller, userName };
  const { roleId, roleArn, roleName, issuedAt } = call.session;
  return {
    type: "AssumedRole",
    ...caller,
    sessionContext: {
      sessionIssuer: { type: "Role", principalId: roleId, arn: roleArn, accountId, userName: roleName },
      attributes: { creationDate: `${issuedAt.slice(0, 19)}Z`, mfaAuthenticated: "false" },
    },
  };
}

/** CloudTrail writes `dBInstanceIdentifier` for `DBInstanceIdentifier`: only the first letter is lowered. */
function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name.charAt(0).toLowerCase() + name.slice(1), camelCased(inner)]),
  );
}
