/** All there is of a project that this machine cannot run. */

import {inject, it} from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    reason: string;
  }
}

console.warn(inject('reason'));
it.skip(inject('reason'), () => {});
