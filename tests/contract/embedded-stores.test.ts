import { embeddedStores } from '../support/embedded-stores.js';
import { storeContract } from './store-contract.js';

storeContract('embedded stores', async () => embeddedStores());
