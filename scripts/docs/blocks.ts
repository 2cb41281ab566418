/**
 * Rewrites the marked blocks of a Markdown text: what stands between `<!-- generated:name -->` and `<!--
 * /generated:name -->`. Throws for a block that nobody makes, and for one that is asked for and not there.
 */
export function rewriteBlocks(text: string, blocks: Readonly<Record<string, string>>): string {
  const found = new Set<string>();
  const rewritten = text.replace(/<!-- generated:([\w-]+) -->\n[\s\S]*?<!-- \/generated:\1 -->/g, (_, name: string) => {
    const block = blocks[name];
    if (block === undefined) throw new Error(`nobody makes the block ${name}`);
    found.add(name);
    return `<!-- generated:${name} -->\n${block.trimEnd()}\n<!-- /generated:${name} -->`;
  });
  const missing = Object.keys(blocks).filter((name) => !found.has(name));
  if (missing.length > 0) throw new Error(`the text has no block ${missing.join(', ')}`);
  return rewritten;
}

/** A Markdown table; bars and line breaks in cells are made harmless. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
