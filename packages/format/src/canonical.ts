import { SealtrailError } from './errors.ts';

/** Containers may nest this deep in an entry or a sealed value; `[]` has depth 1. */
export const MAX_DEPTH = 32;

/** What canonical JSON can hold. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export type JsonObject = { readonly [name: string]: JsonValue };

// Characters that stand for themselves: no quote, backslash, control character or surrogate.
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\ud7ff\ue000-\uffff]*$/;

/**
 * The canonical text (RFC 8785) of a checked value. Nothing is converted: what JSON cannot say is refused.
 *
 * @param maxDepth how deep containers may nest
 * @throws SealtrailError `value_not_json` (undefined, NaN, infinity, bigint, function, symbol, date, class instance, array hole,
 *   accessor, hidden or symbol member, lone surrogate) or `value_too_deep`; `detail.path` says where
 */
export function canonicalize(value: unknown, maxDepth: number = MAX_DEPTH): string {
  return encode(value, maxDepth, []);
}

function encode(value: unknown, depthLeft: number, path: (string | number)[]): string {
  switch (typeof value) {
    case 'string':
      return encodeString(value, path);
    case 'number':
      if (!Number.isFinite(value)) throw notJson(`${value} is not a JSON number`, path);
      return String(value === 0 ? 0 : value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      // A cycle ends here too.
      if (depthLeft === 0) {
        throw new SealtrailError('value_too_deep', `nested too deep at ${show(path)}`, { path: show(path) });
      }
      return Array.isArray(value)
        ? encodeArray(value, depthLeft - 1, path)
        : encodeObject(value, depthLeft - 1, path);
    default:
      throw notJson(`${typeof value} is not a JSON value`, path);
  }
}

function encodeString(text: string, path: (string | number)[]): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw notJson('the string has a lone surrogate', path);
  return JSON.stringify(text);
}

function encodeArray(array: readonly unknown[], depthLeft: number, path: (string | number)[]): string {
  if (Object.getPrototypeOf(array) !== Array.prototype) throw notJson('not a plain array', path);
  // `length` is an own key too; holes and extra members make the two numbers differ.
  if (Reflect.ownKeys(array).length !== array.length + 1) {
    throw notJson('the array has holes or members of its own', path);
  }
  let out = '[';
  for (let i = 0; i < array.length; i++) {
    path.push(i);
    if (i > 0) out += ',';
    out += encode(ownValue(array, String(i), path), depthLeft, path);
    path.pop();
  }
  return `${out}]`;
}

function encodeObject(object: object, depthLeft: number, path: (string | number)[]): string {
  const prototype = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) {
    throw notJson(`not a plain object but ${object.constructor?.name ?? 'an instance'}`, path);
  }
  // The two of these together are several times as fast as Reflect.ownKeys.
  const names = Object.getOwnPropertyNames(object);
  if (Object.getOwnPropertySymbols(object).length > 0) throw notJson('the object has symbol members', path);
  sortNames(names);
  let out = '{';
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    path.push(name);
    if (i > 0) out += ',';
    out += `${encodeString(name, path)}:${encode(ownValue(object, name, path), depthLeft, path)}`;
    path.pop();
  }
  return `${out}}`;
}

/** By UTF-16 code units, as RFC 8785 (3.2.3) asks for. Objects of a log have few members, in no order. */
function sortNames(names: string[]): void {
  if (names.length > 32) {
    names.sort();
    return;
  }
  for (let i = 1; i < names.length; i++) {
    const name = names[i] as string;
    let at = i;
    for (; at > 0 && (names[at - 1] as string) > name; at--) names[at] = names[at - 1] as string;
    names[at] = name;
  }
}

function ownValue(object: object, name: string, path: (string | number)[]): unknown {
  const property = Object.getOwnPropertyDescriptor(object, name);
  if (property === undefined || !('value' in property)) throw notJson('accessors are not JSON', path);
  if (property.enumerable !== true) throw notJson('hidden members are not JSON', path);
  return property.value;
}

function show(path: readonly (string | number)[]): string {
  return path.length === 0 ? 'the top' : path.join('.').slice(0, 200);
}

function notJson(why: string, path: readonly (string | number)[]): SealtrailError {
  return new SealtrailError('value_not_json', `${why}, at ${show(path)}`, { path: show(path) });
}
