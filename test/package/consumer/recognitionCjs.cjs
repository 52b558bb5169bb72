const tf = require('@tensorflow/tfjs');
const losses = require('tfjs-losses');
const metrics = require('tfjs-losses/metrics');
const recognition = require('tfjs-losses/recognition');
const recognise = require('./recognition.cjs');

recognise(tf, losses, metrics, recognition).then((result) =>
  console.log(JSON.stringify({...result, exported: Object.keys(recognition)})),
);
