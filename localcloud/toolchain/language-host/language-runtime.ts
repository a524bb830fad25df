import * as grpc from "@grpc/grpc-js";
import type { ILanguageRuntimeServer } from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  GetRequiredPackagesResponse,
  GetRequiredPluginsResponse,
  LanguageHandshakeResponse,
} from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { killChildren } from "./children";
import { about, installDependencies, programDependencies } from "./dependencies";
import { runPlugin } from "./plugin";
import { runProgram } from "./program";

declare const HOST_VERSION: string; // the SDK's version, inserted by the bundler

/** The calls of `pulumirpc.LanguageRuntime` this host serves, one line each; the work is in the other files. */
export function languageRuntime(engineAddress: string): Partial<ILanguageRuntimeServer> {
  return {
    handshake: unary((request) => {
      engineAddress = request.getEngineAddress() || engineAddress;
      return new LanguageHandshakeResponse();
    }),
    getPluginInfo: unary(() => {
      const info = new PluginInfo();
      info.setVersion(HOST_VERSION);
      return info;
    }),
    // Both may be empty: the SDK names each plugin, with its exact version, when the program registers its first
    // resource.
    getRequiredPlugins: unary(() => new GetRequiredPluginsResponse()),
    getRequiredPackages: unary(() => new GetRequiredPackagesResponse()),
    getProgramDependencies: unary((request) =>
      programDependencies(request.getInfo()?.getProgramDirectory() || request.getPwd()),
    ),
    about: unary(about),
    run: unary((request, cancelled) => runProgram(request, engineAddress, cancelled)),
    runPlugin: streaming((request, send, cancelled) => runPlugin(request, send, cancelled)),
    installDependencies: streaming((request, send) => installDependencies(request.getDirectory(), send)),
    cancel: unary(() => {
      killChildren();
      return new Empty();
    }),
  };
}

function unary<Request, Response>(
  answer: (request: Request, cancelled: AbortSignal) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => answer(call.request, cancellation(call)))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(failure(error)),
      );
  };
}

function streaming<Request, Part>(
  answer: (request: Request, send: (part: Part) => void, cancelled: AbortSignal) => Promise<void>,
): grpc.handleServerStreamingCall<Request, Part> {
  return (call) => {
    Promise.resolve()
      .then(() => answer(call.request, (part) => call.write(part), cancellation(call)))
      .then(
        () => call.end(),
        (error: unknown) => call.destroy(Object.assign(new Error(), failure(error))),
      );
  };
}

function cancellation(
  call: grpc.ServerUnaryCall<unknown, unknown> | grpc.ServerWritableStream<unknown, unknown>,
): AbortSignal {
  const controller = new AbortController();
  call.on("cancelled", () => controller.abort());
  return controller.signal;
}

function failure(error: unknown): Partial<grpc.StatusObject> {
  return { code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) };
}
