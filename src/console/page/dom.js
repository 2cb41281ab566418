/** Small helpers for making elements. Text is always set as text: what clients send is never read as HTML. */

/** @param {string} selector */
export const one = (selector) => document.querySelector(selector);

/**
 * An element with attributes and children; strings become text.
 * @param {string} name
 * @param {Record<string, string | undefined | (() => void)>} [attributes] a function is a listener for `click`
 */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener('click', value);
    else if (value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

/**
 * Handles the promise of a listener or a timer: its failure is shown at the top of the page, until something succeeds.
 * @param {Promise<unknown>} promise
 */
export function attempt(promise) {
  const show = (text) => {
    const trouble = one('#trouble');
    trouble.hidden = text === '';
    trouble.textContent = text;
  };
  promise.then(
    () => show(''),
    (error) => show(error.message),
  );
}

/** Requests a path of the console. Throws with the server's text, or says that there was no answer. */
export async function ask(path, options) {
  const response = await fetch(`/console/api/${path}`, options).catch((cause) => {
    throw new Error('The gateway does not answer; what is shown may be out of date.', { cause });
  });
  if (response.status === 401) location.reload();
  const text = await response.text();
  const answer = text === '' ? undefined : JSON.parse(text);
  if (!response.ok) throw new Error(answer?.error ?? `${response.status} ${response.statusText}`);
  return answer;
}

export const time = (instant) => new Date(instant).toLocaleTimeString();
export const ago = (instant) => (instant === undefined ? 'never' : `${time(instant)}`);

/** Text that is JSON, indented; other text as it is. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

// the login page has no other script
const refused = one('.refused');
if (refused && new URLSearchParams(location.search).get('login') === 'refused') refused.hidden = false;
