/** Pure: the exported state of a stack whose database was replaced by another, under its name. Secrets stay encrypted. */

/** A database that another has replaced, under its name. */
export interface Replacement {
  /** The resource id that the state has. */
  replaced: string;
  by: { resourceId: string; identifier: string };
}

interface Resource {
  type?: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

const instanceType = "aws:rds/instance:Instance";

/** Undefined if the state has it already. Throws where it has neither. */
export function withReplacement(exported: string, { replaced, by }: Replacement): string | undefined {
  const state = JSON.parse(exported) as { deployment?: { resources?: Resource[] } };
  const instances = (state.deployment?.resources ?? []).filter(({ type }) => type === instanceType);
  const found = instances.filter(({ outputs }) => outputs?.["resourceId"] === replaced);
  if (found.length === 0 && instances.some(({ outputs }) => outputs?.["resourceId"] === by.resourceId))
    return undefined;
  const [one] = found;
  if (!one || found.length > 1)
    throw new Error(`its state has ${found.length} databases with resource id ${replaced}, and not ${by.resourceId}`);
  one.id = by.resourceId;
  // A refresh after the switchover has read the old name.
  one.inputs = { ...one.inputs, identifier: by.identifier };
  one.outputs = { ...one.outputs, id: by.resourceId, resourceId: by.resourceId, identifier: by.identifier };
  return JSON.stringify(state);
}
