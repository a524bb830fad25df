// What reaches a collector: one trace for each request, whatever process ran a part of it, and nothing secret in it.
import { metrics, trace } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { ShipshapeError } from "../../../automation/errors";
import { decided, leftQueue, runEnded, spanIds, stepEnded } from "../../../automation/observability/telemetry";
import type { Run } from "../../../automation/records";
import { readSettings } from "../../../automation/settings";

const spans = new InMemorySpanExporter();
const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 3_600_000 });
const metering = new MeterProvider({ readers: [reader] });
beforeAll(() => {
  const spanProcessors = [new SimpleSpanProcessor({ exporter: spans })];
  trace.setGlobalTracerProvider(new TracerProvider({ idGenerator: spanIds, spanProcessors }));
  metrics.setGlobalMeterProvider(metering);
});
afterAll(() => metering.shutdown());
beforeEach(() => spans.reset());

const request = { id: "261123093000-1a2b3c4d", operation: "restore-drill" };
const run = {
  requestId: request.id,
  operation: "restore-drill",
  version: 2,
  target: "orders",
  status: "failed",
  verdict: "inconclusive",
  error: { code: "database-unreachable", message: "postgresql://shipshape:hidden@db.internal refused row 4711" },
  startedAt: new Date("2026-11-23T09:30:00Z"),
  finishedAt: new Date("2026-11-23T09:40:00Z"),
} as Run;
const failure = new ShipshapeError("database-query-failed", {
  identifier: "orders",
  role: "shipshape",
  reason: 'value "hidden" is out of range',
});
const startedAt = new Date(Date.now() - 2000);
function report(): void {
  stepEnded(request, { name: "restore", attempt: 1, startedAt, error: failure });
  stepEnded(request, { name: "observe (plan 2)", attempt: 2, startedAt, error: undefined });
  runEnded(run);
}

test("the spans of a run's steps are below the run's own, which is the root of the request's only trace", () => {
  report();
  const [restore, observe, whole] = spans.getFinishedSpans();
  expect(whole!.parentSpanContext).toBeUndefined();
  for (const step of [restore!, observe!]) {
    expect(step.parentSpanContext?.spanId).toBe(whole!.spanContext().spanId);
    expect(step.spanContext().traceId).toBe(whole!.spanContext().traceId);
  }
  expect(restore!.spanContext().spanId).not.toBe(observe!.spanContext().spanId);
  expect(whole).toMatchObject({
    name: "run restore-drill",
    attributes: {
      "shipshape.request_id": request.id,
      "shipshape.operation": "restore-drill",
      "shipshape.operation_version": 2,
      "shipshape.status": "failed",
      "shipshape.verdict": "inconclusive",
      "error.type": "database-unreachable",
    },
  });
  expect(whole!.duration[0]).toBe(600);
  expect(restore!.attributes).toMatchObject({
    "shipshape.step": "restore",
    "shipshape.attempt": 1,
    "shipshape.outcome": "failed",
    "error.type": "database-query-failed",
  });
  expect(observe!.attributes).toMatchObject({
    "shipshape.step": "observe",
    "shipshape.step.name": "observe (plan 2)",
    "shipshape.attempt": 2,
    "shipshape.outcome": "done",
  });
});

test("another process gives the run's span the same ids, and another request's run has others", async () => {
  runEnded(run);
  jest.resetModules(); // as in another process; its copy has random ids for what is not a run
  const again = await import("../../../automation/observability/telemetry");
  expect(again.spanIds.generateTraceId()).not.toBe(again.spanIds.generateTraceId());
  const spanProcessors = [new SimpleSpanProcessor({ exporter: spans })];
  trace.disable();
  trace.setGlobalTracerProvider(new TracerProvider({ idGenerator: again.spanIds, spanProcessors }));
  again.runEnded(run);
  again.runEnded({ ...run, requestId: "261123093000-00000000" });
  const [first, second, other] = spans.getFinishedSpans().map((span) => span.spanContext());
  expect([second!.traceId, second!.spanId]).toEqual([first!.traceId, first!.spanId]);
  expect(other!.traceId).not.toBe(first!.traceId);
});

test("metrics count runs, steps, waits, and the requests that needed a person, by operation and rule", async () => {
  leftQueue("restore-drill", 3);
  decided("probe-change", {
    status: "needs-approval",
    rules: [
      { id: "require-reason", verdict: "allowed", reason: "" },
      { id: "require-approval-of-changes", verdict: "needs-approval", reason: "" },
    ],
  });
  decided("probe-change", { status: "allowed", rules: [] });
  report();
  await reader.forceFlush();
  const points = measured
    .getMetrics()
    .at(-1)!
    .scopeMetrics.flatMap(({ metrics: all }) =>
      all.flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ attributes, value }) => [descriptor.name, attributes, value] as const),
      ),
    );
  const valueOf = (name: string, has: object) =>
    points.find(([n, attributes]) => n === name && Object.entries(has).every(([k, v]) => attributes[k] === v))?.[2];
  expect(valueOf("shipshape.queue.wait", { "shipshape.operation": "restore-drill" })).toMatchObject({
    count: 1,
    sum: 3,
  });
  expect(valueOf("shipshape.decisions", { "shipshape.decision": "needs-approval" })).toBe(1);
  expect(valueOf("shipshape.decisions", { "shipshape.decision": "allowed" })).toBe(1);
  expect(valueOf("shipshape.approvals.needed", { "shipshape.rule": "require-approval-of-changes" })).toBe(1);
  expect(points.filter(([name]) => name === "shipshape.approvals.needed")).toHaveLength(1);
  expect(
    valueOf("shipshape.step.duration", { "shipshape.step": "restore", "shipshape.outcome": "failed" }),
  ).toBeDefined();
  expect(valueOf("shipshape.runs", { "shipshape.status": "failed" })).toBeGreaterThan(0);
});

test("nothing that an error says is in a span or a metric", async () => {
  report();
  stepEnded(request, { name: "x", attempt: 1, startedAt, error: { code: "hidden code with spaces" } });
  await reader.forceFlush();
  const everything = JSON.stringify([
    spans.getFinishedSpans().map(({ name, attributes, events, status }) => ({ name, attributes, events, status })),
    measured.getMetrics(),
  ]);
  expect(everything).toContain("database-query-failed");
  expect(everything).not.toMatch(/hidden|4711|db\.internal/);
});

test.each([
  ["nothing", {}, undefined],
  ["an endpoint", { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" }, { traces: true, metrics: true }],
  ["one of traces", { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://h/v1" }, { traces: true, metrics: false }],
  [
    "an endpoint, and metrics elsewhere",
    { OTEL_EXPORTER_OTLP_ENDPOINT: "http://h", OTEL_METRICS_EXPORTER: "prometheus" },
    { traces: true, metrics: false },
  ],
  ["an SDK that is off", { OTEL_EXPORTER_OTLP_ENDPOINT: "http://h", OTEL_SDK_DISABLED: "true" }, undefined],
])("with %s in the environment, workers report what it asks for", (_, environment, expected) => {
  const { telemetry } = readSettings(__dirname, __dirname, environment);
  expect(telemetry).toEqual(expected && { ...expected, metricIntervalMilliseconds: undefined });
});
