/**
 * A team's own health endpoint, asked a few times: what it answers is a status, and nothing of its text is read or
 * kept. It follows no redirect, and credentials have no place in its URL, which plans and statements quote.
 */
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { reasonOf } from "../errors";
import { healthAnswerSeconds, healthAsksMax, healthPauseMilliseconds } from "./limits";
import { shownText } from "./shown-text";

/** Why a URL cannot be asked; undefined: it can. */
export function urlProblem(url: string): string | undefined {
  if (!URL.canParse(url)) return "it is not a URL";
  const { protocol, hostname, username, password, search } = new URL(url);
  const isHere = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (protocol !== "https:" && !(protocol === "http:" && isHere)) return "it does not begin with https://";
  if (username || password || search) return "it has a user name, a password or a query: plans quote it";
  // The address of the metadata of a cloud's machines, for one, which gives away their credentials.
  if (isIP(hostname.replace(/^\[|\]$/g, "")) !== 0 && !isHere) return "it names an address, not a host";
  return undefined;
}

export interface UrlAnswers {
  /** The status of each answer, in order. */
  statuses: number[];
  /** Why each other one did not come. */
  failures: string[];
}

export async function askUrl(url: string): Promise<UrlAnswers> {
  const answers: UrlAnswers = { statuses: [], failures: [] };
  for (let asked = 0; asked < healthAsksMax; asked++) {
    if (asked > 0) await sleep(healthPauseMilliseconds);
    try {
      answers.statuses.push(await statusOf(url));
    } catch (error) {
      answers.failures.push(shownText(reasonOf(error)));
    }
  }
  return answers;
}

function statusOf(url: string): Promise<number> {
  const { request } = url.startsWith("https:") ? https : http;
  const signal = AbortSignal.timeout(healthAnswerSeconds * 1000);
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage) => {
      resolve(response.statusCode ?? 0);
      response.destroy(); // its text may have no end
    };
    request(url, { method: "GET", signal, agent: false }, answered).on("error", reject).end();
  });
}
