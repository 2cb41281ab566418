import type { Capability } from '../model/index.js';
import type { TableSource } from './fields.js';
import { unable, type Standing, type SupportedBackend } from './standing.js';

/** One rule of schemas/support/<backend>.json: see schemas/meta/support.json. */
interface StateRule {
  readonly operations: readonly string[];
  readonly support?: Standing['support'];
  readonly needs?: Capability;
  readonly how?: string;
}

const expressionOf = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);

/**
 * How a backend does an operation, if its rules say so; otherwise as the declaration says, which is written for
 * OpenStack's services and IBM's extensions.
 */
export function rulesOf(
  tables: TableSource,
  { name, capabilities }: SupportedBackend,
): (operation: string, declared: Standing) => Standing {
  const { rules, others = '' } = (tables.documents.get(`support/${name}.json`) ?? {}) as {
    readonly rules?: readonly StateRule[];
    readonly others?: string;
  };
  if (!rules) return (_, declared) => declared;
  const compiled = rules.map((rule) => ({ ...rule, patterns: rule.operations.map(expressionOf) }));

  return (operation, declared) => {
    if (declared.support === 'refused') return declared;
    const rule = compiled.find(({ patterns }) => patterns.some((pattern) => pattern.test(operation)));
    const lacks = rule?.needs === undefined ? true : capabilities[rule.needs];
    if (typeof lacks === 'string') return unable(operation.endsWith('.list'), lacks);
    return { support: rule?.support ?? declared.support, how: rule?.how ?? others + declared.how };
  };
}
