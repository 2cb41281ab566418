import { engines, type CpuType, type EngineTables } from '../generated/engines.js';
import { required } from '../invariant.js';
import type { Cluster } from '../model/index.js';
import type { Engine, Scope } from './context.js';

/** What an engine of that release is configured with (schemas/engines). */
export const engineTables = (engine: Engine): EngineTables =>
  required(engines[engine], `what an engine ${engine} is configured with`);

/** The compatibility level of its clusters. */
export const currentLevel = ({ levels }: EngineTables): string => required(levels.at(-1), 'a current level');

/** The types of processors that clusters of the cloud's architectures can have. */
export function cpuTypes({ engine, session }: Pick<Scope, 'engine' | 'session'>): readonly CpuType[] {
  const known: ReadonlySet<string> = new Set(session.architectures);
  return engineTables(engine).cpuTypes.filter(({ architecture }) => known.has(architecture));
}

/** The type of a cluster's processors, as its document names it (the table `cluster`); absent if none is known. */
export const cpuTypeOf = (engine: Engine, { processors }: Pick<Cluster, 'processors'>): string | undefined =>
  processors && engineTables(engine).cpuTypes.find((type) => type.processors?.includes(processors))?.name;
