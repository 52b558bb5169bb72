/** A class of this package. */
interface OwnClass {
  readonly prototype: object;
  /** Its name in every copy of the package. A class that a user derived inherits it. */
  readonly sharedName: string;
}

/**
 * What `instanceof` of a class of this package says: also true for an instance of the same class in another copy of the package, such
 * as the CommonJS one in a program that imports the ES modules.
 */
export function hasInstance(this: OwnClass, value: unknown): boolean {
  if (Function.prototype[Symbol.hasInstance].call(this, value)) return true;
  if (!Object.hasOwn(this, 'sharedName') || value === null || value === undefined) return false;
  for (let prototype = prototypeOf(value); prototype !== null; prototype = prototypeOf(prototype)) {
    if (prototype.constructor?.sharedName === this.sharedName) return true;
  }
  return false;
}

const prototypeOf: (value: unknown) => {readonly constructor?: Partial<OwnClass>} | null =
  Object.getPrototypeOf;
