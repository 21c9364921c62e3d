import { collectTexts, parseText } from './parsers.js';

/** How an option is written and read. */
export interface AnySpec {
  /** Heading of the help that it stands under. */
  readonly heading?: string;
  readonly flags: string;
  /** For help, the manual page and completion. */
  readonly about: string;
  readonly parse?: (text: string, before: never) => unknown;
  /** The values that help and completion show. */
  readonly choices?: readonly string[];
  /** The value where the option is missing, and how help writes it. */
  readonly fallback?: readonly [value: unknown, shown: string];
  /** Options that can't be given beside it. */
  readonly conflicts?: readonly string[];
  readonly isHidden?: true;
  readonly isRequired?: true;
  /** It says what one call does, so that the config file can't give it. */
  readonly isPerCall?: true;
}

/** An option with a value of type `T`, which has `undefined` where the option may be missing. */
export interface Spec<T> extends AnySpec {
  readonly parse?: (text: string, before: T | undefined) => T;
  readonly fallback?: readonly [value: T, shown: string];
}

export const spec = <T>(given: Spec<T>): Spec<T> => given;
/** It says what one call does, so that the config file can't give it. */
export const perCall = <T>(given: Spec<T>): Spec<T> => ({ ...given, isPerCall: true });
/** It takes no value. */
export const flag = (flags: string, about: string) => spec<true | undefined>({ flags, about });
/** It takes a text as it is, which is not empty. */
export const text = (flags: string, about: string) =>
  spec<string | undefined>({ flags, about, parse: parseText });
/** It takes a text whose reader says what is wrong with it, also where it is empty. */
export const judged = (flags: string, about: string) => spec<string | undefined>({ flags, about });
/** It can be repeated. */
export const texts = (flags: string, about: string) =>
  spec<readonly string[] | undefined>({ flags, about, parse: collectTexts });
/** `--no-x` gives `x: false`. */
export const unless = (flags: string, about: string) => spec<boolean>({ flags, about });

/** Puts options under a heading of the help. */
export function under<S extends Readonly<Record<string, object>>>(heading: string, specs: S): S {
  for (const name of Object.keys(specs)) Object.assign(specs[name] ?? {}, { heading });
  return specs;
}
