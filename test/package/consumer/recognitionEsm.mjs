import * as tf from '@tensorflow/tfjs';
import * as losses from 'tfjs-losses';
import * as metrics from 'tfjs-losses/metrics';
import * as recognition from 'tfjs-losses/recognition';
import recognise from './recognition.cjs';

const result = await recognise(tf, losses, metrics, recognition);
console.log(JSON.stringify({...result, exported: Object.keys(recognition)}));
