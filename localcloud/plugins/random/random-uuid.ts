import { randomUUID } from "node:crypto";
import type { ResourceType } from "../adapter";
import { stateOnly } from "./state-only";

export const randomUuid: ResourceType<undefined> = {
  properties: {
    keepers: { type: "map", createOnly: true },
    result: { type: "string", outputOnly: true },
  },
  async create(inputs) {
    const result = randomUUID();
    return { id: result, properties: { ...inputs, result } };
  },
  ...stateOnly((id) => ({ result: id })),
};
