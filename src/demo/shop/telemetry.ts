import { hostname } from 'node:os';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';

/** The parts of the shop that are counted apart, named as their services in the catalog. */
export const SHOP_SERVICES = ['web', 'checkout', 'payments', 'catalog', 'search'] as const;
export type ShopService = (typeof SHOP_SERVICES)[number];

export interface TelemetryOptions {
  /** Where Nines runs. */
  url: string;
  apiKey: string;
  exportEveryMs: number;
}

export interface Telemetry {
  count(service: ShopService, status: number): void;
  /** Exports what is left, for two seconds at most. */
  stop(): Promise<void>;
}

/** Counts answered requests with the OpenTelemetry SDK, as any service would, and exports them to Nines as OTLP over HTTP. */
export function startTelemetry({ url, apiKey, exportEveryMs }: TelemetryOptions): Telemetry {
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ url: `${url}/otlp/v1/metrics`, headers: { authorization: `Bearer ${apiKey}` } }),
    exportIntervalMillis: exportEveryMs,
    exportTimeoutMillis: Math.floor(exportEveryMs * 0.8),
  });
  const resource = resourceFromAttributes({
    'service.name': 'shop',
    'service.instance.id': `${hostname()}-${process.pid}-${Date.now()}`,
  });
  const provider = new MeterProvider({ resource, readers: [reader] });
  const requests = provider.getMeter('shop').createCounter('shop.requests', { description: 'Requests answered, by service and status' });
  return {
    count: (service, status) => requests.add(1, { service, status: String(status) }),
    stop: () =>
      Promise.race([provider.shutdown({ timeoutMillis: 2000 }), new Promise<void>((resolve) => setTimeout(resolve, 2000).unref())]),
  };
}
