import { setTimeout as sleep } from "node:timers/promises";
import type { Cloud } from "../../cloud";
import { connect } from "./database-client";

/** Writes one row after the other into `written` at that port, and remembers what was acknowledged, and when. */
export function steadyWriter(cloud: Cloud, port: number) {
  const acknowledged: number[] = [];
  let [running, gap, last] = [true, 0, Date.now()];
  const done = (async () => {
    for (let id = 1; running;) {
      const client = await connect(cloud, {
        Endpoint: { Address: "127.0.0.1", Port: port },
        MasterUsername: "shipmaster",
      }).catch(() => sleep(5));
      try {
        for (; client && running; id++) {
          await client.query("insert into written values ($1)", [id]);
          acknowledged.push(id);
          gap = Math.max(gap, Date.now() - last);
          last = Date.now();
        }
      } catch {
        id++; // a row whose answer was lost may be there
      }
      await client?.end().catch(() => undefined);
    }
  })();
  return { acknowledged, gapMilliseconds: () => gap, stop: () => ((running = false), done) };
}
