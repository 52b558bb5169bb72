import * as tf from '@tensorflow/tfjs';
import * as losses from 'tfjs-losses';
import train from './training.cjs';

console.log(JSON.stringify({names: Object.keys(losses), ...(await train(tf, losses))}));
