import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Context } from "./resource";

type Log = Context<unknown>["log"];

/** Lines for the user, sent to the engine with the resource they belong to. Losing one is not a failure. */
export function createEngineLog(address: string | undefined): (urn: string) => Log {
  if (!address) return () => () => {};
  const engine = new EngineClient(address, credentials.createInsecure());
  return (urn) => (severity, message) => {
    const request = new LogRequest();
    request.setSeverity(severity === "warning" ? LogSeverity.WARNING : LogSeverity.INFO);
    request.setEphemeral(severity === "progress");
    request.setUrn(urn);
    request.setMessage(message);
    engine.log(request, () => {});
  };
}
