export { CodecError, type Read, type Representation } from './representation.js';
export { parseXml, XML_LIMITS, type XmlElement } from './xml.js';
export type { XmlLimits } from './scan.js';
export { checkJson, parseJson, readJson, readXml, writeJson, writeXml } from './document.js';
export { jsonListWriter, xmlListWriter, withItem, type ListWriter } from './list.js';
export { Filled, itemsOf, Pattern } from './pattern.js';
