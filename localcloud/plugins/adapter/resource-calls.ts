import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { checkResource, withoutMarkers } from "./check";
import { diffResource, type Difference } from "./diff";
import { initFailed, messageOf } from "./failures";
import {
  PartialFailure,
  type CheckFailure,
  type Context,
  type ProviderDefinition,
  type ResourceType,
} from "./resource";
import { inputsFromLive, inputsOfImport, outputsOf, wantedOf } from "./state";
import { markSecrets } from "./values";
import { fromStruct, secret, toStruct, UNKNOWN, type PropertyValues, type Value } from "./wire";
import type { Naming } from "./autoname";

/** The calls about one resource: from the engine's messages to its row, and back. */

export interface Row<Config> {
  token: string;
  type: ResourceType<Config>;
  context: Context<Config>;
}

export function check<Config>(
  row: Row<Config>,
  definition: ProviderDefinition<Config>,
  request: pb.CheckRequest,
): pb.CheckResponse {
  const { inputs, failures } = checkResource(
    row.type,
    fromStruct(request.getOlds()),
    fromStruct(request.getNews()),
    namingOf(request),
  );
  const prepared =
    definition.prepareInputs?.(inputs, { token: row.token, type: row.type, config: row.context.config }) ?? inputs;
  const response = new pb.CheckResponse();
  response.setInputs(toStruct(markSecrets(row.type.properties, prepared, secret)));
  response.setFailuresList(failures.map(failureMessage));
  return response;
}

export function diff(row: Row<Value>, request: pb.DiffRequest): pb.DiffResponse {
  return diffMessage(
    diffResource(
      row.type,
      fromStruct(request.getOlds()),
      fromStruct(request.getNews()),
      request.getIgnorechangesList(),
    ),
  );
}

export async function create(row: Row<Value>, request: pb.CreateRequest): Promise<pb.CreateResponse> {
  const response = new pb.CreateResponse();
  const given = fromStruct(request.getProperties());
  const inputs = withoutMarkers(given);
  if (request.getPreview()) {
    response.setProperties(outputsMessage(row, inputs, UNKNOWN, true));
    return response;
  }
  try {
    const { id, properties } = await row.type.create(inputs, row.context);
    response.setId(id);
    response.setProperties(outputsMessage(row, properties, id));
    return response;
  } catch (error) {
    if (!(error instanceof PartialFailure)) throw error;
    throw initFailed(
      error.id,
      secretOutputs(row, error.properties, error.id),
      markSecrets(row.type.properties, given, secret),
      error.reasons,
    );
  }
}

export async function read(row: Row<Value>, request: pb.ReadRequest): Promise<pb.ReadResponse> {
  const response = new pb.ReadResponse();
  const known = fromStruct(request.getProperties());
  const oldInputs = fromStruct(request.getInputs());
  // An import supplies nothing but an id. After an update that renamed the resource, only the outputs have its id:
  // Update cannot return one.
  const importing = Object.keys(known).length === 0 && Object.keys(oldInputs).length === 0;
  const stateId = known.id ?? request.getId();
  const live = await row.type.read(stateId, known, { ...row.context, importing });
  if (!live) return response;

  const id = live.id ?? stateId;
  const outputs = outputsOf(row.type, live.properties, id);
  const inputs =
    Object.keys(oldInputs).length === 0
      ? inputsOfImport(row.type.properties, outputs)
      : inputsFromLive(row.type.properties, outputs, oldInputs);
  response.setId(id);
  response.setProperties(toStruct(markSecrets(row.type.properties, outputs, secret)));
  response.setInputs(toStruct(markSecrets(row.type.properties, inputs, secret)));
  return response;
}

export async function update(row: Row<Value>, request: pb.UpdateRequest): Promise<pb.UpdateResponse> {
  const response = new pb.UpdateResponse();
  const old = fromStruct(request.getOlds());
  const news = fromStruct(request.getNews());
  const wanted = wantedOf(row.type, old, withoutMarkers(news), request.getIgnorechangesList());
  // The engine updates a resource with init errors even when nothing differs; like the bridge, nothing is changed then.
  const isSame = diffResource(row.type, old, news, request.getIgnorechangesList()).diffs.length === 0;
  if (request.getPreview()) {
    response.setProperties(outputsMessage(row, isSame ? old : wanted, old.id));
    return response;
  }
  try {
    if (isSame) {
      const resumed = await row.type.resume?.(request.getId(), old, row.context);
      response.setProperties(outputsMessage(row, resumed?.properties ?? old, old.id));
      return response;
    }
    if (!row.type.update) throw new Error(`${row.token} cannot be changed in place`);
    const live = await row.type.update(request.getId(), old, wanted, row.context);
    response.setProperties(outputsMessage(row, live.properties, live.id ?? old.id ?? request.getId()));
    return response;
  } catch (error) {
    // Like the bridge: the wanted values enter state although they were not applied. The next `up` then "succeeds"
    // without doing anything; programs for both clouds have to survive that, so it is copied. Refresh after a failed
    // update.
    const failure =
      error instanceof PartialFailure
        ? error
        : new PartialFailure(request.getId(), wanted, [`updating ${row.context.urn}: ${messageOf(error)}`]);
    throw initFailed(
      failure.id,
      secretOutputs(row, failure.properties, old.id),
      markSecrets(row.type.properties, fromStruct(request.getOldInputs()), secret),
      failure.reasons,
    );
  }
}

export function diffMessage(difference: Difference): pb.DiffResponse {
  const response = new pb.DiffResponse();
  response.setChanges(
    difference.diffs.length > 0 ? pb.DiffResponse.DiffChanges.DIFF_SOME : pb.DiffResponse.DiffChanges.DIFF_NONE,
  );
  response.setDiffsList(difference.diffs);
  response.setReplacesList(difference.replaces);
  response.setStablesList(difference.stables);
  response.setDeletebeforereplace(difference.deleteBeforeReplace);
  // Without it the engine would compute its own diff from the inputs alone.
  response.setHasdetaileddiff(true);
  for (const [path, kind] of Object.entries(difference.detailed)) {
    const property = new pb.PropertyDiff();
    property.setKind(pb.PropertyDiff.Kind[kind]);
    response.getDetaileddiffMap().set(path, property);
  }
  return response;
}

export function failureMessage({ property, reason }: CheckFailure): pb.CheckFailure {
  const failure = new pb.CheckFailure();
  failure.setProperty(property);
  failure.setReason(reason);
  return failure;
}

const secretOutputs = (row: Row<Value>, live: PropertyValues, id: unknown, preview = false): PropertyValues =>
  markSecrets(row.type.properties, outputsOf(row.type, live, id, preview), secret);

const outputsMessage = (row: Row<Value>, live: PropertyValues, id: unknown, preview = false) =>
  toStruct(secretOutputs(row, live, id, preview));

function namingOf(request: pb.CheckRequest): Naming {
  const { Mode } = pb.CheckRequest.AutonamingOptions;
  const autonaming = request.getAutonaming();
  const modes = { [Mode.PROPOSE]: "propose", [Mode.ENFORCE]: "enforce", [Mode.DISABLE]: "disable" } as const;
  return {
    logicalName: request.getName() || (request.getUrn().split("::").pop() ?? ""),
    randomSeed: request.getRandomseed_asU8(),
    ...(autonaming && { mode: modes[autonaming.getMode()], proposedName: autonaming.getProposedName() }),
  };
}
