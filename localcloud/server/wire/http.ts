import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AnsweredCall, Route, Service } from "./action";
import { ownService } from "../../access/signature";
import { authenticate, NotAuthenticated, type ReceivedRequest, type Signer } from "./authentication";
import { AwsError } from "./aws-error";
import type { Accounts } from "../accounts";
import type { Cloud } from "../cloud";
import { dispatch, refuse } from "./dispatch";
import { asAwsError } from "./failures";
import { parseJson } from "./json-input";
import { limits } from "../limits";
import { hasRole } from "../sts/roles";

/** What the server serves: AWS services at `/`, our own JSON endpoints below `/shipshape/`. */
export interface Endpoints {
  readonly services: readonly Service[];
  readonly routes: readonly Route[];
  /** Called for each AWS call after its response. */
  answered(call: AnsweredCall, cloud: Cloud): void;
}

export function serveHttp(accounts: Accounts, endpoints: Endpoints): Server {
  const server = createServer((request, response) => {
    handle(request, accounts, endpoints).then(
      (answer) => send(response, answer),
      (error: unknown) => send(response, failure(error)),
    );
  });
  // Clients keep connections open for their next call; closing one at that moment would fail it with ECONNRESET.
  server.keepAliveTimeout = limits.keepAliveMs;
  server.headersTimeout = limits.keepAliveMs + 1_000;
  return server;
}

interface Answer {
  status: number;
  contentType: string;
  headers?: Readonly<Record<string, string>>;
  body: string;
}

async function handle(request: IncomingMessage, accounts: Accounts, endpoints: Endpoints): Promise<Answer> {
  refuseBrowsers(request);
  const url = addressOf(request);
  const method = request.method ?? "GET";
  if (url.pathname.startsWith("/shipshape/"))
    return localRoute({ method, url, headers: request.headers, body: await readBody(request) }, accounts, endpoints);
  if (method !== "POST")
    throw new AwsError(
      "InvalidAction",
      "AWS requests to this server are POST requests to /; try GET /shipshape/status",
      405,
    );
  return awsCall(request, url, accounts, endpoints).catch((error: unknown) => {
    // An SDK can parse errors only in its service's protocol.
    if (error instanceof AwsError || error instanceof NotAuthenticated) return refuse(request, error);
    throw error;
  });
}

async function awsCall(request: IncomingMessage, url: URL, accounts: Accounts, endpoints: Endpoints): Promise<Answer> {
  const body = await readBody(request);
  const { signer, cloud } = await identified({ method: "POST", url, headers: request.headers, body }, accounts);
  return dispatch(
    { headers: request.headers, body: body.toString("utf8"), signer },
    endpoints.services,
    cloud,
    (call) => endpoints.answered(call, cloud),
  );
}

/** The signer, and the account that the key belongs to: nothing of another one can be reached with it. */
async function identified(request: ReceivedRequest, accounts: Accounts): Promise<{ signer: Signer; cloud: Cloud }> {
  const signer = await authenticate(request, accounts.dataFolder);
  const cloud = accounts.of(signer.accountId);
  if (signer.session && !hasRole(cloud, signer.session))
    throw new NotAuthenticated(
      "unknown-key",
      `The security token included in the request is invalid: the role ${signer.session.roleArn} was deleted`,
    );
  return { signer, cloud };
}

function addressOf(request: IncomingMessage): URL {
  try {
    return new URL(request.url ?? "/", "http://127.0.0.1");
  } catch {
    throw new AwsError("MalformedInput", `'${request.url}' is not a path of this server; try GET /shipshape/status`);
  }
}

/**
 * Requests from web pages are refused before their signature is checked: a browser sends Origin with a page's requests,
 * and a page whose own name is rebound to 127.0.0.1 sends that name as Host.
 */
function refuseBrowsers(request: IncomingMessage): void {
  const host = (request.headers.host ?? "").replace(/:\d+$/, "");
  if (!["127.0.0.1", "localhost", "[::1]"].includes(host))
    throw new AwsError(
      "AccessDenied",
      `the Host header is '${host}'; this server answers to 127.0.0.1 and localhost only`,
    );
  if (request.headers.origin !== undefined)
    throw new AwsError(
      "AccessDenied",
      "this server refuses requests from web pages (the request has an Origin header)",
    );
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limits.requestBytes)
      throw new AwsError("RequestEntityTooLarge", `the request is larger than ${limits.requestBytes} bytes`, 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function localRoute(request: ReceivedRequest, accounts: Accounts, endpoints: Endpoints): Promise<Answer> {
  const { method, url } = request;
  const { signer, cloud } = await identified(request, accounts);
  if (signer.service !== ownService)
    throw new AwsError("AccessDenied", `the request is signed for ${signer.service}, not for ${ownService}`);
  const here = endpoints.routes.filter((route) => route.path === url.pathname);
  if (here.length === 0)
    throw new AwsError(
      "NotFound",
      `there is nothing at ${url.pathname}; available are: ${[...new Set(endpoints.routes.map((route) => route.path))].join(", ")}`,
      404,
    );
  const route = here.find((candidate) => candidate.method === method);
  if (!route)
    throw new AwsError(
      "MethodNotAllowed",
      `${url.pathname} takes ${here.map((candidate) => candidate.method).join(", ")}, not ${method}`,
      405,
    );
  const text = request.body.toString("utf8");
  const answer = await route.run(
    { query: url.searchParams, body: text === "" ? undefined : parseJson(text, "MalformedInput") },
    cloud,
  );
  return {
    status: answer.status,
    contentType: "application/json",
    body: answer.body === undefined ? "" : JSON.stringify(answer.body),
  };
}

function failure(thrown: unknown): Answer {
  const { status, code, message } = asAwsError(
    thrown instanceof NotAuthenticated ? new AwsError("AccessDenied", thrown.message) : thrown,
  );
  return { status, contentType: "application/json", body: JSON.stringify({ code, message }) };
}

function send(response: ServerResponse, answer: Answer): void {
  // Otherwise the rest of a request refused before its body was read would stay in the connection.
  if (answer.status === 413) response.setHeader("connection", "close");
  response.writeHead(answer.status, { ...answer.headers, "content-type": answer.contentType });
  response.end(answer.body);
}
