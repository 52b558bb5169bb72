const tf = require('@tensorflow/tfjs');
const losses = require('tfjs-losses');
const train = require('./training.cjs');
const manifest = require('tfjs-losses/package.json');

train(tf, losses).then((result) =>
  console.log(JSON.stringify({names: Object.keys(losses), version: manifest.version, ...result})),
);
