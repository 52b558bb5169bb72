import fc from 'fast-check';

/** For a property whose single case takes long: at most 30 cases, and no more than any property has where each takes its time. */
export const fewCases = {numRuns: Math.min(30, fc.readConfigureGlobal().numRuns ?? Number.POSITIVE_INFINITY)};
