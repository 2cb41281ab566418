import type { Entities } from '../generated/entities.js';

/** How a version of the protocol names the parts of its documents. */
export interface DocumentWords {
  /** A property's path: `vm.cpu.topology`. */
  place(property: Property): string;
  /** What a document lacks: `Disk [provisionedSize|size] required for add`. */
  required(property: Property, verb: string): string;
}

/** A value of a fault that each version of the protocol words in its own way. */
export interface InDocument {
  toString(): string;
  inDocument(words: DocumentWords): string;
}

/**
 * A property of an entity, as services and backends name it when they refuse or report something. Where it is in a
 * document follows from a version's mapping rows.
 */
export class Property implements InDocument {
  constructor(
    readonly entity: keyof Entities,
    /** Several, if they are named together: the part of the document that contains them all. */
    readonly names: readonly string[],
    /** The list that holds the entity; without names it is the list's items that are meant. */
    readonly list?: Property,
  ) {}

  /** A property of the items of this list; without names the items themselves. */
  items<E extends keyof Entities>(entity: E, ...names: (keyof Entities[E] & string)[]): Property {
    return new Property(entity, names, this);
  }

  inDocument(words: DocumentWords): string {
    return words.place(this);
  }

  /** For texts that no client sees: `vm.sockets|cores`. */
  toString(): string {
    const holder = this.list?.toString() ?? this.entity.charAt(0).toLowerCase() + this.entity.slice(1);
    return this.names.length === 0 ? holder : `${holder}.${this.names.join('|')}`;
  }
}

export const propertyOf = <E extends keyof Entities>(entity: E, ...names: (keyof Entities[E] & string)[]): Property =>
  new Property(entity, names);

/** That a request lacks a property which it needs. */
export class Missing implements InDocument {
  constructor(
    readonly property: Property,
    readonly verb: string,
  ) {}

  inDocument(words: DocumentWords): string {
    return words.required(this.property, this.verb);
  }

  toString(): string {
    return `${this.property.toString()} required for ${this.verb}`;
  }
}
