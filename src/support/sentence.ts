/** A reason as the declarations and tables write it, for the end of a fault's text, as a sentence of its own. */
export const sentence = (text: string): string =>
  `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
