import { status, type Metadata } from "@grpc/grpc-js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what a program or a server passes has no type until it is matched with a row
export type Value = any;

/** Properties by name. */
export type PropertyValues = Record<string, Value>;

/** The wire representation of an output that is not known yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const UNSUPPORTED: Record<string, string> = {
  c44067f5952c0a294b673a41bacd8c17: "assets",
  "0def7320c3a5731c473e5ecbe6d01bc7": "archives",
  "5cf8f73096256a8f31e491e813e4eb8e": "resource references",
  d0e6a833031e9bbcd3f4e8bde6ca49a4: "output values",
};

export const secret = (value: unknown) => ({ [SIGNATURE]: SECRET, value });

/** True if the value, or anything inside it, is unknown. */
export const isUnknown = (value: unknown): boolean =>
  value === UNKNOWN || (typeof value === "object" && value !== null && Object.values(value).some(isUnknown));

/** A failure with a gRPC status of its own, and its details. */
export function rpcError(code: status, message: string, metadata?: Metadata): Error {
  return Object.assign(new Error(message), { code, details: message, metadata });
}

/** What the engine sent, with secrets unwrapped and nulls dropped: to a program null and absent are the same. */
export function fromStruct(struct: Struct | undefined): PropertyValues {
  return struct ? unwrap(struct.toJavaScript(), "") : {};
}

/**
 * For the engine. Undefined is dropped, as `Struct` throws on it; null is kept, as real providers name every output.
 */
export function toStruct(values: PropertyValues): Struct {
  return Struct.fromJavaScript(dropUndefined(values));
}

function unwrap(value: Value, path: string): Value {
  if (Array.isArray(value)) return value.map((element, index) => unwrap(element, `${path}[${index}]`));
  if (typeof value !== "object" || value === null) return value;
  if (value[SIGNATURE] === SECRET) return unwrap(value.value, path);
  if (value[SIGNATURE])
    throw rpcError(
      status.INVALID_ARGUMENT,
      `${path}: ${UNSUPPORTED[value[SIGNATURE]] ?? "special values"} are not supported`,
    );
  const entries = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
  return Object.fromEntries(entries.map(([name, inner]) => [name, unwrap(inner, path ? `${path}.${name}` : name)]));
}

function dropUndefined(value: Value): Value {
  if (Array.isArray(value)) return value.map((element) => dropUndefined(element) ?? null);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([name, inner]) => [name, dropUndefined(inner)]));
}
