import { describe } from 'vitest';
import { embeddedStores } from '../../support/embedded-stores.js';
import { storeContracts } from './store-contracts.js';

describe('the embedded stores', () => storeContracts(async () => embeddedStores()));
