import {startBackend} from './backend.js';
import {measure, type Plan} from './measure.js';
import {withProcessMemory} from './processMemory.js';
import type {Measured} from './record.js';

/** Carries out plans in this process, and measures the memory of processes where the number of classes grows. */
export async function measureInNode(
  plans: readonly Plan[],
  announce: (what: string) => void,
): Promise<Measured> {
  const series = [];
  for (const plan of plans) {
    await startBackend(plan.backend);
    for (const each of await measure(plan, announce)) {
      const {backend, section, setting} = each;
      if (section === 'classes') announce(`${backend}, memory of a process, ${setting} classes`);
      series.push(section === 'classes' ? await withProcessMemory(each) : each);
    }
  }
  return {series, versions: {}};
}
