import {expose} from 'comlink';
import {WorkerEngine} from './engine.js';

expose(new WorkerEngine());
