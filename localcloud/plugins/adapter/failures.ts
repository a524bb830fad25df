import { Metadata, status } from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { rpcError, toStruct, type PropertyValues } from "./wire";

/** How failures are reported to the engine. */

/** The resource exists with the given state; the engine keeps it, with the reasons as its init errors. */
export function initFailed(id: string, outputs: PropertyValues, inputs: PropertyValues, reasons: string[]): Error {
  const message = reasons.join("; ");
  const detail = new ErrorResourceInitFailed();
  detail.setId(id);
  detail.setProperties(toStruct(outputs));
  detail.setInputs(toStruct(inputs));
  detail.setReasonsList(reasons);
  const detailAny = new Any();
  detailAny.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const rpcStatus = new Status();
  rpcStatus.setCode(status.UNKNOWN);
  rpcStatus.setMessage(message);
  rpcStatus.addDetails(detailAny);
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(rpcStatus.serializeBinary()));
  return rpcError(status.UNKNOWN, message, metadata);
}

/** Any thrown error with a gRPC status: ours already have one, everything else is a plain failure of the operation. */
export function asRpcError(error: unknown): Error {
  if (error instanceof Error && typeof (error as { code?: unknown }).code === "number") return error;
  return rpcError(status.FAILED_PRECONDITION, messageOf(error));
}

export function messageOf(error: unknown): string {
  // Node reports a refused connection to several addresses as an error without a message of its own.
  if (error instanceof AggregateError && !error.message) return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
