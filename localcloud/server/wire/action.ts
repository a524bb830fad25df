import type { z } from "zod";
import type { Cloud } from "../cloud";
import type { Session } from "../sts/sessions";

/** The caller, and the context of the call. */
export interface Call {
  readonly cloud: Cloud;
  readonly region: string;
  readonly accessKeyId: string;
  /** Of an assumed role. */
  readonly session?: Session | undefined;
  readonly userAgent: string;
  readonly requestId: string;
}

/** One API action: a row of its service's table. Both wire protocols use the same row. */
export interface Action {
  readonly name: string;
  /** Strict: an unknown parameter is refused by name, never ignored. */
  readonly input: z.ZodType;
  /** Read-only; CloudTrail distinguishes these. */
  readonly readOnly: boolean;
  /** Returns the members of the result, or nothing where the action has none. Throws AwsError. */
  run(input: unknown, call: Call): Promise<object | void> | object | void;
}

/** Creates a row with the handler's input typed by its schema. */
export function action<Schema extends z.ZodType>(row: {
  name: string;
  input: Schema;
  run(input: z.output<Schema>, call: Call): Promise<object | void> | object | void;
}): Action {
  return {
    ...row,
    readOnly: /^(Describe|List|Get|BatchGet|Lookup|Download)/.test(row.name),
    run: (input, call) => row.run(input as z.output<Schema>, call),
  };
}

/** An AWS service, reached by the service name in the credential scope of the signature. */
export interface Service {
  /** As in the credential scope: `rds`, `secretsmanager`, `sts`, `cloudtrail`, `monitoring`. */
  readonly name: string;
  /** `query`: form in, XML out, chosen by `Action`. `json`: JSON 1.1 (or 1.0), chosen by `X-Amz-Target`. */
  readonly protocol: "query" | "json";
  /** XML namespace of responses; `query` only. */
  readonly namespace?: string;
  /** Element names of lists in XML responses, by member name, where it isn't `member`; `query` only. */
  readonly listElements?: Readonly<Record<string, string>>;
  readonly actions: readonly Action[];
  /** Why AWS actions are not supported by this service, by name. */
  readonly notSupported?: Readonly<Record<string, string>>;
}

/** One of our own JSON endpoints below `/shipshape/`. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  run(request: RouteRequest, cloud: Cloud): Promise<RouteAnswer> | RouteAnswer;
}

export interface RouteRequest {
  readonly query: URLSearchParams;
  /** The parsed JSON body, or undefined when there was none. */
  readonly body: unknown;
}

/** Refusals are `{status: 4xx, body: {code, message}}`; throwing AwsError does the same. */
export interface RouteAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** One API call for the call log, after the response. */
export interface AnsweredCall {
  readonly service: string;
  readonly action: string;
  readonly readOnly: boolean;
  readonly call: Omit<Call, "cloud">;
  /** As decoded from the wire: may contain secrets, which the log omits. */
  readonly input: unknown;
  readonly output?: object;
  readonly error?: { readonly code: string; readonly message: string };
}
