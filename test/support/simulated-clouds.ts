import {
  defaultIds,
  defaultInventory,
  plainInventory,
  startSimulator,
  type Inventory,
  type Simulator,
  type World,
} from '../../src/simulator/index.js';
import {
  defaultPowerVsInventory,
  powerVsIds,
  startPowerVsSimulator,
  type PowerVsInventory,
  type PowerVsSimulator,
} from '../../src/simulator/powervs/index.js';
import { powerVsThings, simulatedThings, type Things } from './invariants.js';

/**
 * The clouds that the gateway stands in front of, each simulated: what tests need to know of one to treat all alike.
 */
export const cloudKinds = ['powervc', 'openstack', 'powervs'] as const;
export type SimulatedKind = (typeof cloudKinds)[number];

type PowerVsWorld = PowerVsSimulator['world'];

interface Options<I> {
  readonly timeScale?: number;
  readonly keepCalls?: number;
  readonly inventory?: I;
  readonly seed?: number;
  /** Time moves by `advance` alone. */
  readonly manualTime?: boolean;
}

/** What both simulators have. */
export type AnySimulator<W = unknown, I = unknown> = Pick<
  Simulator,
  'url' | 'calls' | 'resetCalls' | 'onCall' | 'breaches' | 'addFault' | 'advance' | 'close'
> & {
  readonly world: W & {
    readonly faults: {
      replace(rules: readonly object[]): void;
      list(): readonly { readonly nth?: number; readonly fired: number }[];
    };
  };
  load(inventory: I): void;
};

/** An inventory may hold rules that make calls go wrong. */
export interface Faulty {
  readonly faults?: readonly object[];
}

export interface SimulatedCloud<W, I extends Faulty> {
  readonly kind: SimulatedKind;
  readonly inventory: I;
  start(options: Options<I>): Promise<AnySimulator<W, I>>;
  things(world: W): Things;
  /** Ids of volumes and ports of its inventory that belong to no VM. */
  readonly floating: readonly string[];
}

const FLOATING = [defaultIds.volumes.floating, defaultIds.volumes.shared];

export const powerVc: SimulatedCloud<World, Inventory> = {
  kind: 'powervc',
  inventory: defaultInventory,
  start: (options) => startSimulator({ inventory: defaultInventory, ...options }),
  things: simulatedThings,
  floating: FLOATING,
};

export const plainOpenStack: SimulatedCloud<World, Inventory> = {
  kind: 'openstack',
  inventory: plainInventory,
  start: (options) => startSimulator({ inventory: plainInventory, ...options }),
  things: simulatedThings,
  floating: FLOATING,
};

export const powerVs: SimulatedCloud<PowerVsWorld, PowerVsInventory> = {
  kind: 'powervs',
  inventory: defaultPowerVsInventory,
  start: startPowerVsSimulator,
  things: powerVsThings,
  floating: [powerVsIds.volumes.floating, powerVsIds.volumes.shared],
};

const WORKSPACE =
  'crn:v1:bluemix:public:power-iaas:us-south:a/a1b2c3d4e5f60718293a4b5c6d7e8f90:121d5ee5-b87d-4a0e-86b8-aaff42213547::';

/** The settings of a gateway in front of the simulator of that kind at that address. */
export const settingsAt: Readonly<Record<SimulatedKind, (url: string) => readonly string[]>> = {
  powervc: (url) => [`powervc.authUrl=${url}`],
  openstack: (url) => ['backend.kind=openstack', `openstack.authUrl=${url}`, 'openstack.project=ibm-default'],
  powervs: (url) => [
    'backend.kind=powervs',
    `powervs.crn=${WORKSPACE}`,
    `powervs.url=${url}`,
    `powervs.iamUrl=${url}`,
    `powervs.network=${powerVsIds.networks.vlan100}`,
    'powervs.retries.pauseMs=5',
  ],
};
