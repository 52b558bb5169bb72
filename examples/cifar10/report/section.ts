/** A link to a figure of the report, with a description for those who do not see it; null if there is no such figure. */
export type ImageLink = (name: string, description: string) => string | null;

/** The parts of a section, with an empty line between them; null stands for what is not there. */
export function section(...parts: ReadonlyArray<string | null>): string {
  return parts.filter((part) => part !== null && part !== '').join('\n\n');
}

/** What a section says as long as its results are missing. */
export function notRunYet(command: string): string {
  return `No results yet: \`npm run cifar10 -- ${command}\` makes them.`;
}
