/**
 * A Power Virtual Server to run against, over real HTTP: IBM Cloud's IAM and the API of a region on one port, for one
 * workspace. Like the simulated PowerVC (../index.ts): records in an inventory, work that takes time, illegal
 * transitions refused in the API's own form, fault rules (services `iam` and `pcloud`, paths below the host), and
 * requests held against `schemas/powervs`.
 */
export { startPowerVsSimulator, type PowerVsSimulator, type PowerVsSimulatorOptions } from './simulator.js';
export { sizedPowerVsInventory } from './sized.js';
export { defaultPowerVsInventory, powerVsIds } from './inventory.js';
export type { Inventory as PowerVsInventory } from './types.js';
