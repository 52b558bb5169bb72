import fc from 'fast-check';
import {expect, test} from 'vitest';
import {parseShard, shardOf, shardPath} from '../experiments/shard.js';

test('shards share out everything, each thing once, and evenly', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat()), fc.integer({min: 1, max: 12}), (items, count) => {
      const shards = Array.from({length: count}, (_, i) => shardOf(items, {index: i + 1, count}));
      expect(shards.flat().sort()).toEqual([...items].sort());
      const sizes = shards.map(({length}) => length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

test('reads i/n and refuses what is none', () => {
  expect(parseShard('2/4')).toEqual({index: 2, count: 4});
  for (const text of ['0/4', '5/4', '2', '2/0', '-1/2', 'a/b', '']) {
    expect(() => parseShard(text), text).toThrow(/i\/n/);
  }
});

test('shards write to files of their own', () => {
  expect(shardPath('a.b/results.jsonl', {index: 2, count: 4})).toBe('a.b/results.2-of-4.jsonl');
  expect(shardPath('a.b/results', {index: 2, count: 4})).toBe('a.b/results.2-of-4');
  expect(shardPath('a.b/results.jsonl', {index: 1, count: 1})).toBe('a.b/results.jsonl');
});
