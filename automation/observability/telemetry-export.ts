/**
 * Sends traces and metrics to the OTLP endpoint that the standard variables name. The exporters read the rest of these
 * variables themselves: headers, certificates, timeouts, compression. A program that has set up an SDK of its own before
 * keeps that one.
 */
import { metrics, trace } from "@opentelemetry/api";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { AlwaysOnSampler, BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { telemetryFlushSeconds } from "./limits";
import { spanIds } from "./telemetry";

export interface TelemetrySettings {
  traces: boolean;
  metrics: boolean;
  /** @default that of the SDK, a minute */
  metricIntervalMilliseconds: number | undefined;
}

/** `stop` sends what is left, for a limited time: an absent collector must not hold up a worker's end. */
export function startTelemetry(
  settings: TelemetrySettings,
  toolVersions: Record<string, string>,
): { stop(): Promise<void> } {
  const resource = resourceFromAttributes({
    "service.name": "shipshape",
    "service.version": toolVersions["shipshape"],
  }).merge(detectResources({ detectors: [envDetector] }));
  const started: { shutdown(): Promise<void> }[] = [];
  if (settings.traces) {
    const processor = new BatchSpanProcessor({ exporter: new OTLPTraceExporter() });
    // Runs are few, and one trace has several processes: what to keep is decided where all of it arrives.
    const sampler = new AlwaysOnSampler();
    const tracing = new TracerProvider({ resource, idGenerator: spanIds, sampler, spanProcessors: [processor] });
    trace.setGlobalTracerProvider(tracing);
    started.push(tracing);
  }
  if (settings.metrics) {
    const { metricIntervalMilliseconds: exportIntervalMillis } = settings;
    const reader = new PeriodicExportingMetricReader({
      exporter: new OTLPMetricExporter(),
      ...(exportIntervalMillis !== undefined && { exportIntervalMillis }),
    });
    const metering = new MeterProvider({ resource, readers: [reader] });
    metrics.setGlobalMeterProvider(metering);
    started.push(metering);
  }
  return {
    stop: async () => {
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, telemetryFlushSeconds * 1000)));
      await Promise.race([limit, Promise.allSettled(started.map((one) => one.shutdown()))]);
      clearTimeout(timer);
    },
  };
}
