import { fieldsOf, type TableField, type TypeRow, type TypeTable } from '../../codec/table.js';
import type { XmlElement } from '../../codec/index.js';

const known = new WeakMap<TypeRow, readonly TableField[]>();

/** The fields of a type, those of its base first: the order of the XSD's sequences. */
function allFields(table: TypeTable, row: TypeRow): readonly TableField[] {
  const found = known.get(row);
  if (found) return found;
  const base = row.base === undefined ? undefined : table.types[row.base];
  const own = fieldsOf(row);
  // a field that is declared again keeps the base's place
  const inherited = (base ? allFields(table, base) : []).map(
    (field) => own.find(({ name }) => name === field.name) ?? field,
  );
  const names = new Set(inherited.map(({ name }) => name));
  const all = [...inherited, ...own.filter(({ name }) => !names.has(name))];
  known.set(row, all);
  return all;
}

/** The elements of a document that its type does not have, or that are not in the order of the XSD. */
export function orderProblems(table: TypeTable, root: XmlElement): string[] {
  const type = Object.values(table.types).find((row) => row.root && row.element === root.name);
  if (!type) return [`<${root.name}> is not a document of the API`];
  const problems: string[] = [];
  visit(root, type, root.name);
  return [...new Set(problems)].slice(0, 10);

  function visit(element: XmlElement, row: TypeRow, at: string): void {
    const fields = allFields(table, row).filter(({ attribute, text }) => !attribute && !text);
    let last = -1;
    for (const child of element.children) {
      const index = fields.findIndex(({ name }) => name === child.name);
      const path = `${at}/${child.name}`;
      const field = fields[index];
      if (!field) {
        problems.push(`${path} is unknown`);
        continue;
      }
      if (index < last) problems.push(`${path} comes after ${fields[last]?.name}`);
      last = Math.max(last, index);
      deeper(child, field, path);
    }
  }

  function deeper(child: XmlElement, { kind, list, item }: TableField, path: string): void {
    if (kind.is !== 'object') return;
    const row = table.types[kind.type];
    if (!row) return;
    if (list !== 'wrapped') return visit(child, row, path);
    for (const one of child.children)
      if (one.name === item) visit(one, row, `${path}/${item}`);
      else problems.push(`${path}/${one.name} is unknown`);
  }
}
