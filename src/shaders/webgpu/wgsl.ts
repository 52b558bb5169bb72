/**
 * WGSL of the GLSL that all programs share (see `Source` in `programs.ts`): functions, structs, constants, declarations, conversions
 * and the numbers that are uniforms here are written in another way, and all else is the same.
 */
export function toWgsl(text: string): string {
  return text
    .replace(
      /^struct (\w+) \{(.*)\};$/gm,
      (_, name, fields) => `struct ${name} {${fields.replace(/float (\w+);/g, '$1 : f32,')}}`,
    )
    .replace(/^(\w+) (\w+)\((.*)\) \{/gm, (_, type, name, parameters) => {
      const typed = parameters.replace(
        /(\w+) (\w+)/g,
        (_: string, type: string, name: string) => `${name} : ${typeOf(type)}`,
      );
      return `fn ${name}(${typed}) -> ${typeOf(type)} {`;
    })
    .replace(/\bconst (float|int) (\w+) =/g, 'const $2 =')
    .replace(/\b(float|int|[A-Z]\w*) (\w+) =/g, 'var $2 =')
    .replace(/\b(float|int)\(/g, (_, type) => `${typeOf(type)}(`);
}

const types: Readonly<Record<string, string>> = {float: 'f32', int: 'i32'};

function typeOf(type: string): string {
  return types[type] ?? type;
}
