import { randomUUID } from "node:crypto";
import type { Action, AnsweredCall, Call, Service } from "./action";
import { AwsError } from "./aws-error";
import type { NotAuthenticated, Signer } from "./authentication";
import type { Cloud } from "../cloud";
import { asAwsError } from "./failures";
import { checkInput } from "./input-check";
import { parseJson } from "./json-input";
import { decodeForm } from "./query-form";
import { escapeXml, renderMembers } from "./xml";

/** A request to an AWS service, as it came from the wire. */
export interface AwsRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly signer: Signer;
}

export interface AwsAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Finds the service and the action, checks the input, runs the row, and encodes the response in the service's protocol.
 */
export async function dispatch(
  request: AwsRequest,
  services: readonly Service[],
  cloud: Cloud,
  answered: (call: AnsweredCall) => void,
): Promise<AwsAnswer> {
  const call = describeCall(request, cloud);
  const service = services.find((candidate) => candidate.name === call.service);
  const protocol = service?.protocol ?? (header(request, "x-amz-target") === undefined ? "query" : "json");
  const wire = protocol === "query" ? queryWire : jsonWire;
  let accepted: { action: Action; input: unknown } | undefined;
  try {
    if (!service) throw refuseService(call.service, services);
    const decoded = wire.decode(request);
    const action = findAction(service, decoded.actionName);
    accepted = { action, input: decoded.input };
    const output = await action.run(checkInput(action, decoded.input, wire.inputErrors), call);
    answered({
      service: service.name,
      action: action.name,
      readOnly: action.readOnly,
      call,
      input: decoded.input,
      output: output ?? undefined,
    });
    return wire.success(service, action, output ?? undefined, call.requestId);
  } catch (error) {
    const failure = asAwsError(error);
    if (service && accepted)
      answered({
        service: service.name,
        ...{ action: accepted.action.name, readOnly: accepted.action.readOnly },
        call,
        input: accepted.input,
        error: { code: failure.code, message: failure.message },
      });
    return wire.failure(service, failure, call.requestId);
  }
}

/** The response to a request refused before it was read, in the client's protocol. */
export function refuse(request: Pick<AwsRequest, "headers">, error: AwsError | NotAuthenticated): AwsAnswer {
  const wire = header(request, "x-amz-target") === undefined ? queryWire : jsonWire;
  const refusal =
    error instanceof AwsError
      ? error
      : new AwsError(wire.authenticationErrors[error.fault], error.message, wire.authenticationStatus);
  return wire.failure(undefined, refusal, randomUUID());
}

function describeCall(request: AwsRequest, cloud: Cloud): Call & { service: string } {
  return { cloud, ...request.signer, userAgent: header(request, "user-agent") ?? "", requestId: randomUUID() };
}

function refuseService(name: string, services: readonly Service[]): AwsError {
  const known = services.map((service) => service.name).join(", ");
  return new AwsError("InvalidAction", `the embedded cloud has no service '${name}'; it has: ${known}`);
}

function findAction(service: Service, name: string): Action {
  const action = service.actions.find((candidate) => candidate.name === name);
  if (action) return action;
  const reason = service.notSupported?.[name];
  if (reason) throw new AwsError("InvalidAction", `the embedded cloud does not support ${name}: ${reason}`);
  const known = service.actions
    .map((candidate) => candidate.name)
    .sort()
    .join(", ");
  throw new AwsError(
    "InvalidAction",
    `the embedded cloud does not support the action '${name}' of ${service.name}; supported are: ${known}`,
  );
}

function header(request: Pick<AwsRequest, "headers">, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

interface Wire {
  readonly inputErrors: { missing: string; unknown: string; invalid: string };
  readonly authenticationErrors: Readonly<Record<NotAuthenticated["fault"], string>>;
  readonly authenticationStatus: number;
  decode(request: AwsRequest): { actionName: string; input: unknown };
  success(service: Service, action: Action, output: object | undefined, requestId: string): AwsAnswer;
  failure(service: Service | undefined, error: AwsError, requestId: string): AwsAnswer;
}

const queryWire: Wire = {
  inputErrors: { missing: "MissingParameter", unknown: "UnknownParameter", invalid: "InvalidParameterValue" },
  authenticationErrors: {
    missing: "MissingAuthenticationToken",
    "unknown-key": "InvalidClientTokenId",
    expired: "ExpiredToken",
    "wrong-signature": "SignatureDoesNotMatch",
  },
  authenticationStatus: 403,
  decode(request) {
    const { Action: actionName, Version: _version, ...input } = decodeForm(new URLSearchParams(request.body));
    if (typeof actionName !== "string")
      throw new AwsError("MissingAction", "the request must contain the parameter Action");
    return { actionName, input };
  },
  success(service, action, output, requestId) {
    const result =
      output === undefined
        ? ""
        : `<${action.name}Result>${renderMembers(output, service.listElements ?? {})}</${action.name}Result>`;
    return xml(
      200,
      `<${action.name}Response xmlns="${service.namespace}">${result}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action.name}Response>`,
      requestId,
    );
  },
  failure(service, error, requestId) {
    const type = error.status < 500 ? "Sender" : "Receiver";
    const body = `<Error><Type>${type}</Type><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId>`;
    return xml(
      error.status,
      `<ErrorResponse xmlns="${service?.namespace ?? "http://rds.amazonaws.com/doc/2014-10-31/"}">${body}</ErrorResponse>`,
      requestId,
    );
  },
};

const jsonWire: Wire = {
  inputErrors: {
    missing: "InvalidParameterException",
    unknown: "InvalidParameterException",
    invalid: "InvalidParameterException",
  },
  authenticationErrors: {
    missing: "MissingAuthenticationTokenException",
    "unknown-key": "UnrecognizedClientException",
    expired: "ExpiredTokenException",
    "wrong-signature": "InvalidSignatureException",
  },
  authenticationStatus: 400,
  decode(request) {
    const actionName = (header(request, "x-amz-target") ?? "").split(".").at(-1) ?? "";
    return { actionName, input: parseJson(request.body === "" ? "{}" : request.body, "SerializationException") };
  },
  success: (_service, _action, output, requestId) => json(200, output ?? {}, requestId),
  failure: (_service, error, requestId) =>
    json(error.status, { __type: error.code, message: error.message }, requestId, { "x-amzn-errortype": error.code }),
};

function xml(status: number, body: string, requestId: string): AwsAnswer {
  return {
    status,
    contentType: "text/xml",
    headers: { "x-amzn-requestid": requestId },
    body: `<?xml version="1.0"?>\n${body}`,
  };
}

/** JSON 1.1 encodes times as seconds since 1970; handlers return `Date`s. */
function json(status: number, body: object, requestId: string, headers: Record<string, string> = {}): AwsAnswer {
  const text = JSON.stringify(body, function (this: Record<string, unknown>, key, value: unknown) {
    const original = this[key];
    return original instanceof Date ? original.getTime() / 1000 : value;
  });
  return {
    status,
    contentType: "application/x-amz-json-1.1",
    headers: { "x-amzn-requestid": requestId, ...headers },
    body: text,
  };
}
