import type { PropertyValues, ResourceType } from "../adapter";

type StateOnly = Pick<ResourceType<undefined>, "read" | "delete">;

/** These exist only in state: a read returns what is there, an import builds it from the value, a delete drops it. */
export const stateOnly = (fromImport: (id: string) => PropertyValues): StateOnly => ({
  async read(id, known, { importing }) {
    return { properties: importing ? fromImport(id) : known };
  },
  async delete() {},
});
