/**
 * A webhook that takes Slack's messages. Its URL is a secret: anyone who has it can post there. Nothing here returns it
 * or throws it, and what an endpoint answers is shown without it.
 */
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { reasonOf, ShipshapeError } from "../errors";
import { printable } from "../printable";
import type { Alert, AlertAnswer, AlertDestination } from "../alert-records";
import { alertAnswerSeconds, webhookAnswerBytesMax, webhookAnswerCharactersMax } from "./limits";

/** Errors: alert-destination-invalid, which does not name the URL. */
export function webhook(url: string): AlertDestination {
  requireUsable(url);
  return { name: "webhook", send: (alert) => post(url, alert) };
}

function requireUsable(url: string): void {
  const refuse = (problem: string) => new ShipshapeError("alert-destination-invalid", { problem });
  if (!URL.canParse(url)) throw refuse("it is not a URL");
  const { protocol, hostname, username, password } = new URL(url);
  const isHere = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (protocol !== "https:" && !(protocol === "http:" && isHere)) throw refuse("it does not begin with https://");
  if (username || password) throw refuse("it contains a user name or a password, which webhooks do not take");
}

async function post(url: string, alert: Alert): Promise<AlertAnswer> {
  const limit = AbortSignal.timeout(alertAnswerSeconds * 1000); // until the end of the answer
  try {
    const response = await answerTo(url, alert, limit);
    const { statusCode: status = 0, headers } = response;
    const { text, isCut } = await beginningOf(response);
    const said = [String(status), withoutSecrets(text, url, isCut)].filter(Boolean).join(": ");
    return {
      accepted: status >= 200 && status < 300, // a redirect is refused: its target must get neither message nor path
      said,
      isRefusal: [400, 413, 415, 422].includes(status), // the message, not the address, the sender or the moment
      waitSeconds: pauseIn(headers["retry-after"]),
    };
  } catch (error) {
    const late = `no complete answer within ${alertAnswerSeconds} s`;
    return { accepted: false, said: limit.aborted ? late : withoutSecrets(reasonOf(error), url) };
  }
}

function answerTo(url: string, alert: Alert, signal: AbortSignal): Promise<IncomingMessage> {
  const body = Buffer.from(JSON.stringify(slackMessage(alert)));
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "content-length": body.length,
    "idempotency-key": alert.key,
  };
  const { request } = url.startsWith("https:") ? https : http;
  return new Promise((resolve, reject) =>
    request(url, { method: "POST", headers, signal, agent: false }, resolve).on("error", reject).end(body),
  );
}

/** Reads no more than it shows: an endpoint may send without end. */
async function beginningOf(response: IncomingMessage): Promise<{ text: string; isCut: boolean }> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response) {
    parts.push(part as Buffer);
    if ((length += (part as Buffer).length) >= webhookAnswerBytesMax) break; // which ends the connection
  }
  return { text: Buffer.concat(parts).toString("utf8").trim(), isCut: length >= webhookAnswerBytesMax };
}

function pauseIn(retryAfter: string | undefined): number | undefined {
  const seconds = Number(retryAfter ?? NaN);
  return seconds > 0 ? seconds : undefined;
}

/** An endpoint may repeat the path it was called with, as written or decoded, whole or in parts. */
function withoutSecrets(text: string, url: string, isCut = false): string {
  const { href, pathname, search, hash } = new URL(url);
  const parts = `${pathname}${search}${hash}`.split(/[/?&=#]/).filter((part) => part.length > 3);
  const secrets = [href, url, `${pathname}${search}`, pathname, ...parts].filter((secret) => secret.length > 1);
  const written = new Set(secrets.flatMap((secret) => [secret, decoded(secret), encodeURIComponent(secret)]));
  const longestFirst = [...written].sort((one, other) => other.length - one.length);
  const pattern = new RegExp(longestFirst.map((secret) => secret.replace(/[^\w]/g, "\\$&")).join("|") || "(?!)", "gi");
  const cleared = text.replace(pattern, "…");
  // A secret that the limit has cut off in the middle is not recognized; it could only be at the end.
  const certain = isCut ? cleared.slice(0, -longestFirst[0]!.length) : cleared;
  return printable(certain).slice(0, webhookAnswerCharactersMax);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Slack's format for incoming webhooks: `blocks` are what people see, `text` is what their notification says, and
 * programs read `metadata`. Plain text throughout, so that nothing in it is a mention or a link.
 */
export function slackMessage({ key, title, kind, database, owner, what, command, requestId }: Alert) {
  const plain = (text: string) => ({ type: "plain_text", text, emoji: false });
  const section = (text: string) => ({ type: "section", text: plain(text) });
  const about = database === null ? "" : `${database}: `;
  return {
    text: `${title}. ${about}${what}`.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
    mrkdwn: false,
    unfurl_links: false,
    blocks: [
      { type: "header", text: plain(title) },
      section(`Database: ${database ?? "none"}\nOwner: ${owner ?? "unknown"}`),
      section(what),
      section(`What to do: ${command}`),
    ],
    metadata: {
      event_type: "shipshape_alert",
      event_payload: { idempotencyKey: key, kind, database, owner, requestId },
    },
  };
}
