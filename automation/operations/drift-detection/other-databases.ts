/** Pure: what a stack declares for other databases of its own: their detections compare that. */
import { databasesIn, type StateResource } from "../../runner/declared-databases";

/** Each of them and what is part of it, by URN. What databases share is part of none. */
export function ofOtherDatabases(state: readonly StateResource[], resourceId: string): ReadonlySet<string> {
  const { databases } = databasesIn("", [...state]);
  const own = databases.find((one) => one.resourceId === resourceId)?.urn;
  // One that is being replaced is under the same URN, or in the same component.
  const others = new Set(own === undefined ? [] : databases.map(({ urn }) => urn).filter((urn) => urn !== own));
  const parents = new Map(state.map(({ urn, parent }) => [urn, parent]));
  const isOfOther = (urn: string | undefined, left = parentsMax): boolean =>
    urn !== undefined && left > 0 && (others.has(urn) || isOfOther(parents.get(urn), left - 1));
  return new Set(others.size === 0 ? [] : state.map(({ urn }) => urn).filter((urn) => isOfOther(urn)));
}

/** Components within components: a state that says more goes in a circle. */
const parentsMax = 100;
