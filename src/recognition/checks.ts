/** What recognition takes from the rest of the package. */
export {checkNumber, checkOptions, describe} from '../checks/checks.js';
