import { describe } from 'vitest';
import { systemRandom } from '../../shared/cloud/random.ts';
import { randomContract } from './random.ts';

describe('the randomness of this machine', () => {
  randomContract(() => systemRandom);
});
