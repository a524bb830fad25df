// A webhook's endpoint is someone else's program: dead, slow, talkative, or leading elsewhere. And its URL is a secret.
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { hideOwnSecrets, readSettings } from "../../../automation/settings";
import { slackMessage, webhook } from "../../../automation/targets/alert-webhook";
import {
  alertAnswerSeconds,
  webhookAnswerBytesMax,
  webhookAnswerCharactersMax,
} from "../../../automation/targets/limits";
import { alert } from "./test-alert";

const secret = "T0AAAAAAA/B0BBBBBBB/cccccccccccccccccccccccc%2Bd";
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** An endpoint on this machine; resolves to its base address. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const sentTo = async (listener: RequestListener) =>
  webhook(`${await serve(listener)}/services/${secret}?token=querysecret`).send(alert);
async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const part of request) body += String(part);
  return body;
}

test("an endpoint gets the message as Slack takes it, with the fact's key in a header and in the body", async () => {
  const got: { headers: IncomingMessage["headers"]; body: unknown }[] = [];
  const answer = await sentTo((request, response) => {
    void bodyOf(request).then((body) => {
      got.push({ headers: request.headers, body: JSON.parse(body) as unknown });
      response.end("ok");
    });
  });
  expect(answer).toMatchObject({ accepted: true, said: "200: ok" });
  expect(got).toEqual([
    { headers: expect.objectContaining({ "idempotency-key": alert.key }) as object, body: slackMessage(alert) },
  ]);
  const { text, blocks, metadata } = slackMessage(alert);
  expect(text).toBe(
    "A run ended with the verdict fail. orders: restore-drill: &lt;marker&gt; &amp; other checks failed",
  );
  expect(blocks.map((block) => block.text.text)).toEqual([
    alert.title,
    "Database: orders\nOwner: team-orders",
    alert.what,
    "What to do: npx shipshape show 261123093000-1a2b3c4d",
  ]);
  expect(new Set(blocks.map((block) => block.text.type))).toEqual(new Set(["plain_text"]));
  expect(metadata.event_payload.idempotencyKey).toBe(alert.key);
});

test("a redirect is a failure, and nothing reaches where it leads", async () => {
  let reached = 0;
  const elsewhere = await serve((_, response) => (reached++, response.end("ok")));
  for (const status of [301, 302, 303, 307, 308]) {
    const answer = await sentTo((_, response) => response.writeHead(status, { location: elsewhere }).end());
    expect(answer).toMatchObject({ accepted: false, said: String(status) });
  }
  expect(reached).toBe(0);
});

test("an endpoint that never finishes its answer is left after the limit", async () => {
  jest.spyOn(AbortSignal, "timeout").mockImplementation((milliseconds) => {
    expect(milliseconds).toBe(alertAnswerSeconds * 1000);
    const limit = new AbortController();
    setTimeout(() => limit.abort(new DOMException("over", "TimeoutError")), 50);
    return limit.signal;
  });
  const silent = await sentTo(() => undefined);
  const dripping = await sentTo((_, response) => void response.writeHead(200).write("o"));
  jest.restoreAllMocks();
  for (const answer of [silent, dripping])
    expect(answer).toMatchObject({ accepted: false, said: `no complete answer within ${alertAnswerSeconds} s` });
});

test("of an endless answer no more is read than is shown", async () => {
  let sent = 0;
  const answer = await sentTo((_, response) => {
    const block = Buffer.alloc(2 ** 16, "x");
    const more = () => {
      while (!response.destroyed && response.write(block)) sent += block.length;
      response.once("drain", more);
    };
    more();
  });
  expect(answer).toMatchObject({ accepted: true });
  expect(answer.said.length).toBeLessThanOrEqual(webhookAnswerCharactersMax + 5);
  expect(sent).toBeLessThan(64 * 2 ** 20);
});

test.each([
  ["the path", (path: string) => `no such hook: ${path}`],
  ["the path, decoded", (path: string) => decodeURIComponent(path)],
  ["parts of it", (path: string) => path.split("/").at(-1)!.toUpperCase()],
])("an endpoint that repeats %s does not make us show the secret", async (_, said) => {
  const { accepted, said: shown } = await sentTo((request, response) =>
    response.writeHead(404).end(said(request.url ?? "")),
  );
  expect(accepted).toBe(false);
  expect(shown).toMatch(/^404: /);
  expect(shown).not.toMatch(/T0AAAA|B0BBBB|cccc|querysecret/i);
});

test("an endpoint that repeats the path until the answer is cut off, wherever that is, does not make us show a part", async () => {
  for (let shift = 0; shift < secret.length; shift += 3) {
    const answer = await sentTo(({ url = "" }, response) =>
      response.writeHead(404).write(url.repeat(100).slice(0, webhookAnswerBytesMax + shift)),
    );
    expect(answer.said).not.toMatch(/T0A|B0B|ccc|que/i);
  }
});

test("only a refusal of the message counts as one, and an endpoint may ask for a pause", async () => {
  const answerOf = (status: number, headers = {}) => sentTo((_, r) => r.writeHead(status, headers).end("no"));
  expect(await answerOf(400)).toMatchObject({ accepted: false, isRefusal: true });
  for (const status of [403, 404, 410, 429, 500, 503])
    expect(await answerOf(status)).toMatchObject({ accepted: false, isRefusal: false });
  expect(await answerOf(429, { "retry-after": "30" })).toMatchObject({ waitSeconds: 30 });
  expect(await answerOf(429, { "retry-after": "soon" })).toMatchObject({ waitSeconds: undefined });
});

test("a dead endpoint is a reason, without the path", async () => {
  const answer = await webhook(`http://127.0.0.1:9/services/${secret}`).send(alert);
  expect(answer).toEqual({
    accepted: false,
    said: expect.stringMatching(/connect ECONNREFUSED 127.0.0.1:9$/) as string,
  });
});

test.each([
  ["no address", "hooks.example.com/services/secretpath"],
  ["an address that others can read along", "http://hooks.example.com/services/secretpath"],
  ["another protocol", "file:///etc/secretpath"],
  ["an address with a password", "https://user:secretpath@hooks.example.com/"],
])("%s is refused, and not shown", (_, url) => {
  const refused = () => webhook(url);
  expect(refused).toThrow(expect.objectContaining({ code: "alert-destination-invalid", exitCode: 2 }) as Error);
  expect(refused).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining("secretpath") as string }) as Error,
  );
});

test("programs that a worker starts do not inherit the address", () => {
  const environment: NodeJS.ProcessEnv = {
    PATH: "/bin",
    SHIPSHAPE_ALERT_WEBHOOK_URL: `https://hooks.example.com/${secret}`,
  };
  const { alerts, inherited, engineEnvironment } = readSettings(__dirname, __dirname, environment);
  hideOwnSecrets(environment);
  expect(alerts.webhookUrl).toContain(secret);
  expect(JSON.stringify([inherited, engineEnvironment, environment])).not.toContain(secret);
  expect(inherited).toEqual({ PATH: "/bin" });
});
