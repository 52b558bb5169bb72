/** package.json and the lock file, as npm and those who read the package there need them. */

import {expect, it} from 'vitest';
import manifest from '../../package.json' with {type: 'json'};
import lock from '../../package-lock.json' with {type: 'json'};
import {read} from '../docs/pages.js';

it('has one repository, against which npm resolves the links and pictures of the README', () => {
  const {repository, homepage, bugs} = manifest;
  const url = /^git\+(https:\/\/github\.com\/[^/]+\/tfjs-losses)\.git$/.exec(repository.url)![1];
  expect([homepage, bugs.url]).toEqual([`${url}#readme`, `${url}/issues`]);
});

it('names the owner of the repository nowhere else', () => {
  const owner = /github\.com\/([^/]+)/.exec(manifest.repository.url)![1];
  for (const page of ['README.md', 'SECURITY.md', 'CHANGELOG.md']) {
    expect(read(page)).not.toContain(`github.com/${owner}/`);
  }
});

const packages = Object.entries(
  lock.packages as Record<string, {integrity?: string; resolved?: string}>,
).filter(([folder]) => folder !== '');

it('is locked with a hash of every package', () => {
  expect(packages.length).toBeGreaterThan(400);
  expect(packages.filter(([, {integrity}]) => !integrity?.startsWith('sha512-'))).toEqual([]);
});

it('is locked without the address of a registry', () => {
  expect(packages.filter(([, {resolved}]) => resolved !== undefined)).toEqual([]);
});
