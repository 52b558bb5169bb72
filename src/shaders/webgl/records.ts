import {env} from '@tensorflow/tfjs-core';
import {capitalized, type Records, structText} from '../programs.js';

/** A number in half precision holds integers up to 2,048 only, so that an id is in two: 1024·high + low. */
export function hasHalfPrecision(): boolean {
  return !env().getBool('WEBGL_RENDER_FLOAT32_ENABLED');
}

/** The function that reads two by two numbers. */
export function texelReader(input: string): string {
  return `texelOf${capitalized(input)}`;
}

const isInTwo = (field: string) => field.endsWith('Id') && hasHalfPrecision();

/** The texels of records, each of four numbers as they are written: every record begins a new one. */
export function texelsOf(records: Records): string[][] {
  return Object.values(records).flatMap((fields) => {
    const slots = fields.flatMap((name) =>
      isInTwo(name) ? [`floor(${name} / 1024.0)`, `${name} - 1024.0 * floor(${name} / 1024.0)`] : [name],
    );
    const first = slots.flatMap((_, slot) => (slot % 4 === 0 ? [slot] : []));
    return first.map((slot) => [...slots.slice(slot, slot + 4), '0.0', '0.0', '0.0'].slice(0, 4));
  });
}

/** The structs of the records in an input, and the functions that read them. */
export function recordsText(input: string, records: Records): string {
  let place = 0;
  return Object.entries(records)
    .map(([name, fields]) => {
      const count = texelsOf({[name]: fields}).length;
      const texels = Array.from(
        {length: count},
        (_, t) => `vec4 texel${t} = ${texelReader(input)}(2 * row, ${2 * place++});`,
      );
      let slot = 0;
      const next = () => `texel${Math.floor(slot / 4)}.${'rgba'[slot++ % 4]}`;
      const values = fields.map((field) => (isInTwo(field) ? `1024.0 * ${next()} + ${next()}` : next()));
      const struct = capitalized(name);
      return `${structText(struct, fields)}
${struct} ${name}Of(int row) {
  ${texels.join('\n  ')}
  return ${struct}(${values.join(', ')});
}
`;
    })
    .join('');
}
