import { PerformanceObserver } from 'node:perf_hooks';
import { expect, it, vi } from 'vitest';
import { createMetrics } from './index.js';

it('counts requests, backend calls and ignored fields', async () => {
  const metrics = createMetrics({ version: '1.2.3', backend: 'powervc', simulated: true });
  metrics.request('vms.disks.add', 202, 30);
  metrics.request(undefined, 404, 1);
  metrics.backendCall('volume', 'POST', 202, 12);
  metrics.ignored('disk.format');
  const { type, body } = await metrics.text();
  expect(type).toMatch(/^text\/plain/);
  expect(body).toContain('ovirt_gateway_requests_total{operation="vms.disks.add",status="202"} 1');
  expect(body).toContain('ovirt_gateway_requests_total{operation="none",status="404"} 1');
  expect(body).toContain('ovirt_gateway_backend_calls_total{service="volume",method="POST",status="202"} 1');
  expect(body).toContain('ovirt_gateway_ignored_fields_total{path="disk.format"} 1');
  expect(body).toContain('ovirt_gateway_request_duration_seconds_count{collection="vms"} 1');
  expect(body).toContain('ovirt_gateway_build_info{version="1.2.3",backend="powervc",simulated="true"} 1');
  expect(body).toContain('process_resident_memory_bytes');
});

it('makes no series without bound from what clients send', async () => {
  const metrics = createMetrics();
  for (let i = 0; i < 1000; i++) metrics.ignored(`disk.field${i}`);
  metrics.ignored('evil"}\nx 1');
  const { body } = await metrics.text();
  expect(body.match(/^ovirt_gateway_ignored_fields_total\{/gm)).toHaveLength(201);
  expect(body).toContain('ovirt_gateway_ignored_fields_total{path="other"} 801');
});

it('shares what concerns the process among the gateways that run in it', async () => {
  const first = createMetrics();
  const observe = vi.spyOn(PerformanceObserver.prototype, 'observe');
  const second = createMetrics();
  expect(observe).not.toHaveBeenCalled();
  observe.mockRestore();
  first.begun();
  for (const { text } of [first, second]) expect((await text()).body).toContain('nodejs_eventloop_lag_seconds');
  expect((await first.text()).body).toContain('ovirt_gateway_requests_in_flight 1');
  expect((await second.text()).body).toContain('ovirt_gateway_requests_in_flight 0');
});
