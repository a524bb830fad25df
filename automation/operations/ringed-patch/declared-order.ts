/**
 * Pure: who is patched after whom. A database declares it with `patchAfter`, by service and environment; databases that
 * have both in common are one name.
 */
import { patchAfterTag } from "../../../components/standards/fixed";
import type { Standard } from "../../../components/standards/standard";
import { ShipshapeError } from "../../errors";

interface Tagged {
  tags: Record<string, string>;
}

/** Those that each name waits for. */
export type After = ReadonlyMap<string, readonly string[]>;

/** "orders-production"; one without such tags has no name that others can give. */
export function orderNameOf({ tags }: Tagged, standard: Standard): string | undefined {
  const [service, environment] = [tags[standard.tags.service.key], tags[standard.tags.environment.key]];
  return service && environment ? `${service}-${environment}` : undefined;
}

export const patchAfterOf = ({ tags }: Tagged): string[] => (tags[patchAfterTag] ?? "").split(" ").filter(Boolean);

/** Of those that go: what they wait for that goes, too. */
export function afterOf(going: readonly Tagged[], standard: Standard): After {
  const names = new Set(going.map((one) => orderNameOf(one, standard)));
  const after = new Map<string, string[]>();
  for (const one of going) {
    const [name, waitsFor] = [orderNameOf(one, standard), patchAfterOf(one).filter((before) => names.has(before))];
    if (name === undefined || waitsFor.length === 0) continue;
    after.set(name, [...new Set([...(after.get(name) ?? []), ...waitsFor])].sort());
  }
  return after;
}

/**
 * Splits those that go from those that wait for one that does not, directly or by others: `stays` are the names of what
 * has still to be patched, and is not in the train.
 */
export function splitByOrder<One extends Tagged>(going: readonly One[], stays: Iterable<string>, standard: Standard) {
  const staying = new Map([...stays].map((name) => [name, name]));
  const waiting = new Map<string, One[]>();
  for (const one of going)
    for (const before of patchAfterOf(one)) {
      const others = waiting.get(before);
      if (others) others.push(one);
      else waiting.set(before, [one]);
    }
  const left = new Map<One, string>();
  // A name that is added meanwhile is visited, too.
  for (const name of staying.keys())
    for (const one of waiting.get(name) ?? []) {
      if (!left.has(one)) left.set(one, name);
      const own = orderNameOf(one, standard);
      if (own !== undefined && !staying.has(own)) staying.set(own, name);
    }
  return { going: going.filter((one) => !left.has(one)), left };
}

/** Each name after those that it waits for. Errors: train-cycle. */
export function inOrder(after: After): string[] {
  const order = new Set<string>();
  for (const start of after.keys()) {
    const underWay = new Set<string>();
    const stack = [start];
    for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
      if (order.has(name) || underWay.has(name)) {
        underWay.delete(name);
        order.add(name);
        stack.pop();
        continue;
      }
      underWay.add(name);
      for (const before of after.get(name) ?? []) {
        if (underWay.has(before)) throw cycle([...underWay], before);
        if (!order.has(before)) stack.push(before);
      }
    }
  }
  return [...order];
}

const cycle = (underWay: string[], again: string) =>
  new ShipshapeError("train-cycle", {
    cycle: [...underWay.slice(underWay.indexOf(again)), again].join(" after "),
  });
