import { mongoStores } from '../../support/mongo-stores.js';
import { describeMongoDb } from '../../support/mongodb-server.js';
import { storeContracts } from './store-contracts.js';

await describeMongoDb('the MongoDB stores', (server) => {
  storeContracts(() => mongoStores(server().newDatabase()));
});
