import type { PropertyValues, ResourceType } from "../adapter";

type StateOnly = Pick<ResourceType<undefined>, "read" | "delete">;

/**
 * State is the only place these exist: reading gives back what it holds, an import makes it from the value, deleting
 * forgets it.
 */
export const stateOnly = (fromImport: (id: string) => PropertyValues): StateOnly => ({
  async read(id, known, { importing }) {
    return { properties: importing ? fromImport(id) : known };
  },
  async delete() {},
});
