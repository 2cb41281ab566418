/** An element as it was in the document: names with their prefix, values decoded but not converted. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Its own text and CDATA, joined; white space kept. */
  readonly text: string;
}
