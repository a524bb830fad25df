/** From the events of a preview to what the `up` would do. */

/** What an `up` would do to one resource that it does not leave as it is. */
export interface PlannedStep {
  urn: string;
  type: string;
  /** "create", "update", "replace", "delete" and the like, as the engine calls it. */
  op: string;
  /** As the cloud has it now. */
  old: Properties;
  /** As the program declares it. */
  new: Properties;
  /** The paths that it would change. */
  changes: string[];
  /** The paths that the refresh before it finds changed outside; null: the whole resource is gone. */
  drifted: string[] | null;
}
type Properties = Record<string, unknown>;

/** As far as an engine's event is read here. */
interface PreviewEvent {
  resourcePreEvent?: { metadata: Metadata };
  resOutputsEvent?: { metadata: Metadata };
  diagnosticEvent?: { severity: string; message: string };
}
interface Metadata {
  urn: string;
  type: string;
  op: string;
  old?: { outputs: Properties };
  new?: { inputs: Properties };
  diffs?: string[] | null;
  detailedDiff?: Record<string, unknown> | null;
}

export class PlannedSteps {
  readonly steps: PlannedStep[] = [];
  readonly failures: string[] = [];
  private readonly failed = new AbortController();
  /** A program that refuses an argument would never end: what depends on it waits. */
  readonly hasFailed = this.failed.signal;
  private readonly drifted = new Map<string, string[]>();

  /** `known`: the resources that the state has. */
  constructor(private readonly known: ReadonlySet<string | undefined>) {}

  take({ resourcePreEvent, resOutputsEvent, diagnosticEvent }: PreviewEvent): void {
    if (diagnosticEvent?.severity === "error") {
      this.failures.push(`error: ${diagnosticEvent.message.trim()}`);
      this.failed.abort();
    }
    const read = resOutputsEvent?.metadata;
    if (read?.op === "refresh") this.drifted.set(read.urn, pathsOf(read));
    if (resourcePreEvent) this.add(resourcePreEvent.metadata);
  }

  private add(metadata: Metadata): void {
    const { urn, type, op, old, new: declared } = metadata;
    // Providers and the stack itself are nothing in the cloud.
    if (leavesAsItIs.includes(op) || type.startsWith("pulumi:")) return;
    const isGone = op === "create" && this.known.has(urn);
    this.steps.push({
      ...{ urn, type, op, old: old?.outputs ?? {}, new: declared?.inputs ?? {}, changes: pathsOf(metadata) },
      drifted: isGone ? null : (this.drifted.get(urn) ?? []),
    });
  }
}

const leavesAsItIs = ["same", "refresh", "read"];

/** The engine writes null for none. */
function pathsOf({ diffs, detailedDiff }: Metadata): string[] {
  const detailed = Object.keys(detailedDiff ?? {});
  return (detailed.length > 0 ? detailed : [...(diffs ?? [])]).sort();
}
