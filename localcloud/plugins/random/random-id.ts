import { randomBytes } from "node:crypto";
import type { PropertyValues, ResourceType } from "../adapter";
import { stateOnly } from "./state-only";

export const randomId: ResourceType<undefined> = {
  properties: {
    byteLength: { type: "int", required: true, createOnly: true, min: 1 },
    keepers: { type: "map", createOnly: true },
    prefix: { type: "string", createOnly: true },
    b64Std: { type: "string", outputOnly: true },
    b64Url: { type: "string", outputOnly: true },
    hex: { type: "string", outputOnly: true },
    dec: { type: "string", outputOnly: true },
  },
  async create(inputs) {
    const bytes = randomBytes(inputs.byteLength);
    return { id: bytes.toString("base64url"), properties: { ...inputs, ...encodings(bytes, inputs.prefix) } };
  },
  ...stateOnly((id) => {
    const [encoded = "", prefix] = id.split(",").reverse();
    const bytes = Buffer.from(encoded, "base64url");
    return { id: encoded, prefix, byteLength: bytes.length, ...encodings(bytes, prefix) };
  }),
};

/** Every encoding starts with the prefix, except the id. */
function encodings(bytes: Buffer, prefix = ""): PropertyValues {
  const hex = bytes.toString("hex");
  return {
    b64Std: prefix + bytes.toString("base64"),
    b64Url: prefix + bytes.toString("base64url"),
    hex: prefix + hex,
    dec: prefix + BigInt(`0x${hex}`).toString(),
  };
}
