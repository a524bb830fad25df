/**
 * Traces and metrics of runs and steps, through OpenTelemetry's API. Without an SDK (`telemetry-export.ts`) they go
 * nowhere. They contain ids, names and outcomes, and nothing that a database, a request or an error message says.
 *
 * A run can continue in another process, so all its spans are in one trace, whose id derives from the request's, under
 * one span, which is created when the run has ended.
 */
import { createHash, randomBytes } from "node:crypto";
import {
  metrics,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type SpanContext,
} from "@opentelemetry/api";
import { durationBucketsSeconds } from "./limits";
import type { Decision, OperationRequest, Run } from "../records";

const SCOPE = "shipshape";

/** Of the span of a whole run. */
function spanContextOf(requestId: string): SpanContext {
  const digest = createHash("sha256").update(requestId).digest("hex");
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48), traceFlags: TraceFlags.SAMPLED, isRemote: true };
}

/** The ids that the next span gets, if it is that of a run. */
let given: SpanContext | undefined;

/** For the SDK: random ids, except those of the spans of runs. */
export const spanIds = {
  generateTraceId: () => given?.traceId ?? randomBytes(16).toString("hex"),
  generateSpanId: () => given?.spanId ?? randomBytes(8).toString("hex"),
};

/** Created at first use, which is after the SDK was started, if it is. */
let created: ReturnType<typeof createInstruments> | undefined;
const instruments = () => (created ??= createInstruments());

function createInstruments() {
  const meter = metrics.getMeter(SCOPE);
  const duration = (name: string, description: string) =>
    meter.createHistogram(name, {
      unit: "s",
      description,
      advice: { explicitBucketBoundaries: [...durationBucketsSeconds] },
    });
  return {
    runs: meter.createCounter("shipshape.runs", { description: "runs that ended" }),
    steps: duration("shipshape.step.duration", "attempts of steps"),
    waits: duration("shipshape.queue.wait", "from queued until a worker began"),
    decisions: meter.createCounter("shipshape.decisions", { description: "plans that were decided on" }),
    approvals: meter.createCounter("shipshape.approvals.needed", {
      description: "plans that needed a person, once for each rule that asked for one",
    }),
  };
}

export function runEnded({ requestId, operation, version, status, verdict, error, startedAt, finishedAt }: Run): void {
  const outcome = { "shipshape.status": status, ...(verdict && { "shipshape.verdict": verdict }) };
  instruments().runs.add(1, { "shipshape.operation": operation, ...outcome });
  given = spanContextOf(requestId);
  const span = trace.getTracer(SCOPE).startSpan(`run ${operation}`, {
    root: true,
    kind: SpanKind.CONSUMER,
    startTime: startedAt ?? finishedAt ?? new Date(),
    attributes: {
      "shipshape.request_id": requestId,
      "shipshape.operation": operation,
      "shipshape.operation_version": version,
      ...outcome,
      ...codeOf(error),
    },
  });
  given = undefined;
  if (status === "failed") span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(finishedAt ?? new Date());
}

export interface EndedStep {
  name: string;
  attempt: number;
  startedAt: Date;
  /** Undefined if it succeeded. */
  error: unknown;
}

export function stepEnded(
  { id, operation }: Pick<OperationRequest, "id" | "operation">,
  { name, attempt, startedAt, error }: EndedStep,
): void {
  const endedAt = new Date();
  const outcome = error === undefined ? "done" : "failed";
  const step = name.replace(/ \(.*\)$/, ""); // a repeated step has a key, and metrics need few names
  const common = { "shipshape.operation": operation, "shipshape.step": step, "shipshape.outcome": outcome };
  instruments().steps.record((endedAt.getTime() - startedAt.getTime()) / 1000, common);
  const span = trace.getTracer(SCOPE).startSpan(
    `step ${step}`,
    {
      startTime: startedAt,
      attributes: {
        ...common,
        "shipshape.request_id": id,
        "shipshape.step.name": name,
        "shipshape.attempt": attempt,
        ...codeOf(error),
      },
    },
    trace.setSpanContext(ROOT_CONTEXT, spanContextOf(id)),
  );
  if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(endedAt);
}

export const leftQueue = (operation: string, waitedSeconds: number): void =>
  instruments().waits.record(waitedSeconds, { "shipshape.operation": operation });

export function decided(operation: string, { status, rules }: Pick<Decision, "status" | "rules">): void {
  instruments().decisions.add(1, { "shipshape.operation": operation, "shipshape.decision": status });
  if (status !== "needs-approval") return;
  for (const { id } of rules.filter((rule) => rule.verdict === "needs-approval"))
    instruments().approvals.add(1, { "shipshape.operation": operation, "shipshape.rule": id });
}

/** The code of an error; its message can quote anything. */
function codeOf(error: unknown): Attributes {
  if (error === undefined) return {};
  const { code } = (error ?? {}) as { code?: unknown };
  return { "error.type": typeof code === "string" && /^[\w-]{1,64}$/.test(code) ? code : "unexpected" };
}
