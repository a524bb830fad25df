import { isDeepStrictEqual } from "node:util";
import { status, type sendUnaryData, type ServerUnaryCall, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PluginInfo, type PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import type { Engine, Engines } from "./engines";
import { asRpcError } from "./failures";
import { changedSettings, checkSettings, readSettings } from "./provider-settings";
import type { CheckFailure, ProviderDefinition } from "./resource";
import { check, create, diff, diffMessage, failureMessage, read, update, type Row } from "./resource-calls";
import { markSecrets } from "./values";
import { fromStruct, rpcError, secret, toStruct, type PropertyValues, type Value } from "./wire";

export interface ProviderContext {
  engines: Engines;
  /** Called when a call begins and ends, so that a plugin stopped by a signal exits after its last response. */
  track<T>(call: Promise<T>): Promise<T>;
}

/**
 * `pulumirpc.ResourceProvider` over a table of rows. gRPC answers UNIMPLEMENTED for omitted calls, as the engine
 * expects.
 */
export function createProviderService<Config>(
  definition: ProviderDefinition<Config>,
  around: ProviderContext,
): UntypedServiceImplementation {
  const { engines } = around;
  let configured: { settings: PropertyValues; config: Config } | undefined;
  const configOf = (engine: Engine): Config => (engine.config ?? configured?.config) as Config;

  const find = (engine: Engine, urn: string, timeoutSeconds = 0): Row<Config> => {
    const token = urn.split("::")[2]?.split("$").pop() ?? "";
    const type = definition.resources[token];
    if (!type) throw unsupported(definition, token, Object.keys(definition.resources));
    const context = {
      config: configOf(engine),
      urn,
      token,
      importing: false,
      signal: engine.signal,
      log: engine.logFor(urn),
      ...(timeoutSeconds > 0 && { timeoutSeconds }),
    };
    return { token, type, context };
  };

  function answer<Request, Response>(handler: (request: Request, peer: string) => Response | Promise<Response>) {
    return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => {
      const result = around.track(Promise.resolve(call.request).then((request) => handler(request, call.getPeer())));
      result.then(
        (response) => callback(null, response),
        (error) => callback(asRpcError(error)),
      );
    };
  }

  return {
    handshake: answer(() => {
      const response = new pb.ProviderHandshakeResponse();
      response.setSupportsAutonamingConfiguration(true);
      return response;
    }),
    getPluginInfo: answer(() => {
      const response = new PluginInfo();
      response.setVersion(definition.version);
      return response;
    }),
    getSchema: answer(() => {
      const response = new pb.GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: definition.name, version: definition.version }));
      return response;
    }),
    checkConfig: answer((request: pb.CheckRequest) => checkConfig(definition, request)),
    diffConfig: answer((request: pb.DiffRequest) => diffConfig(definition, request)),
    attach: answer((request: PluginAttach, peer) => {
      engines.attach(peer, request.getAddress());
      return new Empty();
    }),
    configure: answer(async (request: pb.ConfigureRequest, peer) => {
      const settings = settingsOf(definition, request);
      // Engines that share this process mostly want the same: one client then serves them all.
      if (!isDeepStrictEqual(settings, configured?.settings))
        configured = { settings, config: await definition.configure(settings) };
      engines.of(peer).config = configured!.config;
      const response = new pb.ConfigureResponse();
      response.setSupportspreview(true);
      response.setSupportsAutonamingConfiguration(true);
      // acceptSecrets stays false, as with the bridge: the engine itself then marks outputs of the same name as secret.
      return response;
    }),
    check: answer((request: pb.CheckRequest, peer) =>
      check(find(engines.of(peer), request.getUrn()), definition, request),
    ),
    diff: answer((request: pb.DiffRequest, peer) => diff(find(engines.of(peer), request.getUrn()), request)),
    create: answer((request: pb.CreateRequest, peer) =>
      create(find(engines.of(peer), request.getUrn(), request.getTimeout()), request),
    ),
    read: answer((request: pb.ReadRequest, peer) =>
      read(find(engines.of(peer), request.getUrn(), request.getTimeout()), request),
    ),
    update: answer((request: pb.UpdateRequest, peer) =>
      update(find(engines.of(peer), request.getUrn(), request.getTimeout()), request),
    ),
    delete: answer(async (request: pb.DeleteRequest, peer) => {
      const row = find(engines.of(peer), request.getUrn(), request.getTimeout());
      await row.type.delete(request.getId(), fromStruct(request.getProperties()), row.context);
      return new Empty();
    }),
    invoke: answer(async (request: pb.InvokeRequest, peer) => {
      const engine = engines.of(peer);
      const invoke = definition.invokes?.[request.getTok()];
      if (!invoke) throw unsupported(definition, request.getTok(), Object.keys(definition.invokes ?? {}));
      const response = new pb.InvokeResponse();
      response.setReturn(
        toStruct(await invoke(fromStruct(request.getArgs()), { config: configOf(engine), signal: engine.signal })),
      );
      return response;
    }),
    cancel: answer((_: Empty, peer) => {
      engines.cancel(peer);
      return new Empty();
    }),
  };
}

function unsupported(definition: ProviderDefinition<Value>, token: string, supported: string[]): Error {
  const list = supported.length > 0 ? `it has ${supported.join(", ")}` : "it has none of this kind";
  return rpcError(status.UNIMPLEMENTED, `${token} is not part of the embedded ${definition.name} provider: ${list}`);
}

function checkConfig(definition: ProviderDefinition<Value>, request: pb.CheckRequest): pb.CheckResponse {
  const given = fromStruct(request.getNews());
  const response = new pb.CheckResponse();
  // Secrets arrive here unmarked; without marking them again they would be in plain text in state.
  response.setInputs(toStruct(markSecrets(definition.settings, given, secret)));
  response.setFailuresList(checkSettings(definition, given).map(failureMessage));
  return response;
}

function diffConfig(definition: ProviderDefinition<Value>, request: pb.DiffRequest): pb.DiffResponse {
  const detailed = changedSettings(
    definition.settings,
    fromStruct(request.getOldInputs()),
    fromStruct(request.getNews()),
  );
  const response = diffMessage({
    detailed,
    diffs: Object.keys(detailed).sort(),
    replaces: [],
    stables: [],
    deleteBeforeReplace: false,
  });
  response.setHasdetaileddiff(false);
  return response;
}

function settingsOf(definition: ProviderDefinition<Value>, request: pb.ConfigureRequest): PropertyValues {
  const failures: CheckFailure[] = [];
  const settings = readSettings(definition.settings, fromStruct(request.getArgs()), failures);
  // Default providers are configured from state or stack config without a CheckConfig in between.
  if (failures.length > 0)
    throw rpcError(
      status.INVALID_ARGUMENT,
      failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "),
    );
  return settings;
}
