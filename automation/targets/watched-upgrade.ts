/**
 * An upgrade of an instance to another minor, at once, while a client asks it without a pause. Downtime is what that
 * client sees: what RDS says of its own work lasts longer, or ends before anyone is let in.
 */
import { ModifyDBInstanceCommand } from "@aws-sdk/client-rds";
import type { Client } from "pg";
import { setTimeout as sleep } from "node:timers/promises";
import { cloudPause, poll } from "../poll";
import type { AwsClients } from "./aws-access";
import { findDatabase, isInFlight } from "./database-instance";
import { watchedPauseMilliseconds } from "./limits";

export interface WatchedUpgrade {
  identifier: string;
  version: string;
  /** Resolves to what opens a session: who to log in as is asked before the upgrade, when RDS still serves it. */
  prepare(): Promise<() => Promise<Client>>;
}

/**
 * Null, if it ran the version already, or an attempt before this one has begun the upgrade: then nobody has seen all of
 * it. Safe to repeat.
 */
export async function upgradeWatched(
  clients: AwsClients,
  { identifier, version, prepare }: WatchedUpgrade,
  signal: AbortSignal,
): Promise<{ downtimeSeconds: number | null }> {
  const look = async () => {
    const found = await findDatabase(clients, identifier);
    const isDone = found?.EngineVersion === version && found.PendingModifiedValues?.EngineVersion === undefined;
    return { isDone, isBusy: isInFlight(found?.DBInstanceStatus ?? "gone") };
  };
  const settled = () => poll({ every: cloudPause, signal }, async () => (await look()).isBusy === false || undefined);
  const first = await look();
  if (first.isBusy) await settled();
  if ((first.isBusy ? await look() : first).isDone) return { downtimeSeconds: null };
  const watch = new Watch(await prepare());
  await watch.begin();
  const over = new AbortController();
  const watching = watch.go(AbortSignal.any([signal, over.signal]));
  try {
    const asked = { DBInstanceIdentifier: identifier, EngineVersion: version, ApplyImmediately: true };
    await clients.rds.send(new ModifyDBInstanceCommand(asked));
    // RDS may begin some seconds later; an upgrade that fails leaves the version before.
    let hasBegun = false;
    await poll({ every: cloudPause, signal }, async () => {
      const { isDone, isBusy } = await look();
      hasBegun ||= isBusy;
      return (!isBusy && (isDone || hasBegun)) || undefined;
    });
    // Until it is let in again, and has an answer.
    await poll({ every: cloudPause, signal }, async () => watch.isAnswered() || undefined);
  } finally {
    over.abort();
    await watching;
  }
  return { downtimeSeconds: watch.longestSeconds() };
}

/** A client that holds one session, and asks for another when that is ended. */
class Watch {
  private session: Client | undefined;
  private answeredAt = 0;
  private longest = 0;

  constructor(private readonly open: () => Promise<Client>) {}

  async begin(): Promise<void> {
    this.session = await this.open();
    await this.ask();
  }

  async go(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.ask().catch(() => this.drop());
      await sleep(watchedPauseMilliseconds, undefined, { signal }).catch(() => undefined);
    }
    await this.drop();
  }

  isAnswered = (): boolean => this.session !== undefined;

  /** Null: it was never without an answer. */
  longestSeconds = (): number | null => (this.longest === 0 ? null : Math.round(this.longest / 10) / 100);

  private async ask(): Promise<void> {
    const isNew = this.session === undefined;
    this.session ??= await this.open();
    await this.session.query("select 1");
    const now = performance.now();
    // Only between two sessions was it away; a slow answer is an answer.
    if (isNew) this.longest = Math.max(this.longest, now - this.answeredAt);
    this.answeredAt = now;
  }

  private async drop(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    await session?.end().catch(() => undefined);
  }
}
