/** Lists of the RDS API: each reads all pages, is retried when AWS throttles, and is named if it fails. */
import { setTimeout } from "node:timers/promises";
import { reasonOf, ShipshapeError } from "../errors";
import { fleetPagesMax, throttledRetriesMax, throttledWaitMilliseconds } from "./limits";

type Pages<Page> = () => AsyncIterable<Page>;

/**
 * One list, for callers to whom a part of it is of no use. The signal ends the wait between two attempts. Errors:
 * fleet-unreadable.
 */
export async function completeList<Page, One>(
  action: string,
  pages: Pages<Page>,
  of: (page: Page) => One[] | undefined,
  signal?: AbortSignal,
): Promise<One[]> {
  const queries = new RdsQueries(signal);
  const found = await queries.mustAll(action, pages, of);
  if (queries.unanswered.length > 0)
    throw new ShipshapeError("fleet-unreadable", { action, reason: `it has more than ${fleetPagesMax} pages` });
  return found;
}

/** Several lists, for callers that can use some of them without the others. */
export class RdsQueries {
  private readonly missing = new Set<string>();

  constructor(private readonly signal?: AbortSignal) {}

  /** "DescribeDBProxies (AccessDenied)", each once. */
  get unanswered(): string[] {
    return [...this.missing];
  }

  /** Without this list there is nothing to judge. */
  async mustAll<Page, One>(action: string, pages: Pages<Page>, of: (page: Page) => One[] | undefined): Promise<One[]> {
    try {
      return await this.retried(() => this.read(action, pages, of));
    } catch (error) {
      if (error instanceof ShipshapeError) throw error;
      throw new ShipshapeError(
        "fleet-unreadable",
        { action, reason: `${nameOf(error)}: ${reasonOf(error)}` },
        { cause: error },
      );
    }
  }

  /** All pages of a list; none if the API refuses it. */
  async all<Page, One>(action: string, pages: Pages<Page>, of: (page: Page) => One[] | undefined): Promise<One[]> {
    return (await this.one(action, () => this.read(action, pages, of))) ?? [];
  }

  async one<Answer>(action: string, ask: () => Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await this.retried(ask);
    } catch (error) {
      // An unreachable cloud fails every query.
      if (error instanceof ShipshapeError) throw error;
      this.missing.add(`${action} (${nameOf(error)})`);
      return undefined;
    }
  }

  private async read<Page, One>(
    action: string,
    pages: Pages<Page>,
    of: (page: Page) => One[] | undefined,
  ): Promise<One[]> {
    const found: One[] = [];
    let read = 0;
    for await (const page of pages()) {
      found.push(...(of(page) ?? []));
      if (++read < fleetPagesMax) continue;
      this.missing.add(`${action} beyond its first ${found.length}`);
      break;
    }
    return found;
  }

  /** The SDK tries three times within a second; an account that lists a large fleet is throttled for longer. */
  private async retried<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await ask();
      } catch (error) {
        if (!isThrottled(error) || attempt >= throttledRetriesMax) throw error;
        await setTimeout(throttledWaitMilliseconds * 2 ** attempt, undefined, { signal: this.signal });
      }
    }
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "no answer");
const isThrottled = (error: unknown): boolean =>
  /^(Throttling|ThrottlingException|RequestLimitExceeded|TooManyRequestsException)$/.test(nameOf(error));
