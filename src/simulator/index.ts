/**
 * A PowerVC to run against, over real HTTP: Keystone v3, Nova 2.1, Cinder v3, Neutron 2.0, Glance v2 and Gnocchi v1
 * with IBM's extensions, on one port below `/powervc/openstack` as PowerVC's HTTPD has them. What it knows is a list of
 * records (`Inventory`); what it answers follows recordings of the real services and IBM's documentation, assumptions
 * are marked where they are made.
 *
 * Work takes time (`timeScale`), illegal transitions are refused in the service's own words, lists page, quotas and
 * policies bite, and requests are held against `schemas/openstack` and `schemas/powervc` (`breaches`).
 *
 * ## The admin entry point
 * Outside of PowerVC's services, without a token, for people and tests only: don't let strangers reach the port.
 *
 * | request | does |
 * |---|---|
 * | `GET /simulator/faults` | the fault rules in force, with how often each fitted and fired |
 * | `POST /simulator/faults` | adds a rule (see `FaultRule`): `{"service": "volume", "method": "POST", "path":
 * "^/volumes$", "nth": 2, "then": {"status": 500}}`; answers its `id` |
 * | `DELETE /simulator/faults`, `/simulator/faults/{id}` | removes all rules, or one |
 * | `GET /simulator/state` | the whole state as an inventory |
 * | `PUT /simulator/state` | replaces it; logins end |
 * | `GET /simulator/calls`, `DELETE /simulator/calls` | the last calls with their answers; forgets them |
 * | `POST /simulator/advance` | `{"ms": 60000}` moves the simulator's clock |
 * | `DELETE /simulator/tokens` | ends every login |
 */
export { startSimulator, type Simulator, type SimulatorOptions } from './simulator.js';
export { defaultInventory } from './inventory/default.js';
export { defaultIds } from './inventory/ids.js';
export { mergeInventory } from './inventory/merge.js';
export { sizedInventory } from './inventory/sized.js';
export type { Size } from './inventory/size.js';
export { plainInventory } from './inventory/plain.js';
export { type ActiveFault, type FaultEffect, type FaultRule } from './faults.js';
export type { CallListener, CallPhase, RecordedCall } from './recorder.js';
export type { Breach } from './breach.js';
export type { World } from './world/world.js';
export type * from './world/types.js';
