// Drives a practice org with jsforce, one named step after the other, and prints what each gave as one JSON object.
// Arguments: the folder in which jsforce is installed. Standard input: the greeting of `connector practice serve`.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const jsforce = (await import(pathToFileURL(path.join(process.argv[2], 'jsforce', 'index.js')))).default;
const org = JSON.parse(fs.readFileSync(0));
const given = { instanceUrl: org.instance_url, accessToken: org.access_token, version: '60.0' };
const connection = new jsforce.Connection(given);
const lead = connection.sobject('Lead');
const conflict = connection.sobject('Channel_Conflict__c');
const app = { loginUrl: org.instance_url, clientId: org.client_id, clientSecret: org.client_secret };
const told = {};

async function step(name, run) {
  try {
    told[name] = await run();
  } catch (error) {
    told[name] = { error: error.errorCode ?? error.name, message: error.message };
  }
}

await step('identity', async () => (await connection.identity()).username);
await step('client_credentials', async () => {
  const made = new jsforce.Connection({ instanceUrl: org.instance_url, oauth2: app });
  await made.authorize({ grant_type: 'client_credentials' });
  return (await made.identity()).username;
});
await step('password', async () => {
  const made = new jsforce.Connection({ oauth2: app });
  await made.login(org.username, org.password);
  return (await made.identity()).username;
});
await step('soap', async () => {
  const made = new jsforce.Connection({ loginUrl: org.instance_url });
  await made.login(org.username, org.password + org.security_token);
  return (await made.identity()).username;
});
await step('expired', async () => {
  const made = new jsforce.Connection({ ...given, accessToken: 'nobody' });
  return made.query('SELECT Id FROM Lead');
});

await step('query_all', async () => {
  const soql = 'SELECT Id, LastName, City FROM Lead';
  const found = await connection.query(soql, { autoFetch: true, maxFetch: 100000, headers: { 'Sforce-Query-Options': 'batchSize=200' } });
  return found.records.map(({ Id, LastName, City }) => [Id, LastName, City]);
});
await step('children', async () => {
  const found = await connection.sobject('Account').select('Id').include('Contacts').select('LastName').end().limit(50);
  return found.filter((row) => row.Contacts?.records.length).length;
});
await step('bad_query', () => connection.query('SELECT Nope__c FROM Lead'));

await step('create', () => lead.create({ LastName: 'Eins', Company: 'Jforce AG' }));
const id = told.create.id;
await step('update', () => lead.update({ Id: id, City: 'Bern' }));
await step('retrieve', () => lead.retrieve(id));
await step('create_many', () => lead.create([{ LastName: 'Zwei', Company: 'Jforce AG' }, { LastName: 'Drei' }]));
await step('upsert', () => conflict.upsert({ External_Key__c: 'js-1', Kind__c: 'a' }, 'External_Key__c'));
await step('upsert_many', () => conflict.upsert([
  { External_Key__c: 'js-1', Kind__c: 'b' },
  { External_Key__c: 'js-2', Kind__c: 'b' },
], 'External_Key__c'));
const now = new Date((await (await fetch(`${org.instance_url}/practice/clock`)).json()).now);
const span = [new Date(now - 3600e3), new Date(Number(now) + 120e3)];
await step('updated', async () => (await lead.updated(...span)).ids.includes(id));
await step('destroy', () => lead.destroy(id));
await step('deleted', async () => (await lead.deleted(...span)).deletedRecords.some((row) => row.id === id));
await step('gone', () => lead.retrieve(id));

await step('describe', async () => (await lead.describe()).fields.map((field) => field.name));
await step('describe_global', async () => (await connection.describeGlobal()).sobjects.map((each) => each.name));
await step('limits', async () => (await connection.limits()).DailyApiRequests);

const patience = { pollInterval: 100, pollTimeout: 30000 };
await step('bulk_query', async () => {
  const stream = await connection.bulk2.query('SELECT Id, LastName, City FROM Lead', patience);
  return (await stream.toArray()).map(({ Id, LastName, City }) => [Id, LastName, City]);
});
await step('bulk_insert', () => connection.bulk2.loadAndWaitForResults({
  object: 'Lead',
  operation: 'insert',
  input: [{ LastName: 'Vier', Company: 'Jforce Bulk' }, { LastName: '', Company: 'Jforce Bulk' }],
  ...patience,
}));
await step('bulk_upsert', () => connection.bulk2.loadAndWaitForResults({
  object: 'Channel_Conflict__c',
  operation: 'upsert',
  externalIdFieldName: 'External_Key__c',
  input: [{ External_Key__c: 'js-1', Kind__c: 'c' }, { External_Key__c: 'js-3', Kind__c: 'c' }],
  ...patience,
}));
await step('discovery', async () => {
  const found = await connection.search('FIND {Vier} IN NAME FIELDS RETURNING Lead(Id, LastName)');
  const { plans } = await connection.query('SELECT Id FROM Lead').explain();
  await connection.query('SELECT Id FROM Lead LIMIT 2 FOR VIEW');
  const { layouts } = await lead.layouts();
  const { themeItems } = await connection.theme();
  return {
    searched: found.searchRecords.map((row) => row.LastName),
    plans: plans.map((plan) => plan.sobjectType),
    recent: (await connection.recent(2)).map((row) => row.attributes.type),
    tabs: (await connection.tabs()).map((tab) => tab.sobjectName),
    themes: themeItems.map((item) => item.name),
    layouts: layouts.length,
    compact: (await lead.compactLayouts()).compactLayouts.length,
    rules: await connection.process.rule.list(),
    classes: (await connection.tooling.query('SELECT Id FROM ApexClass')).totalSize,
  };
});
await step('list_views', async () => {
  const { listviews } = await lead.listviews();
  const view = lead.listview(listviews.find((each) => each.developerName === 'AllOpenLeads').id);
  const { query } = await view.describe();
  const { plans } = await view.explain();
  return { shown: (await view.results()).size, asked: query.split(' FROM ')[1], planned: plans.length > 0 };
});
await step('definitions', async () => {
  const soql = "SELECT DataType FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = 'Lead' AND QualifiedApiName = 'Company'";
  return (await connection.tooling.query(soql)).records.map((row) => row.DataType);
});
await step('soap_calls', async () => {
  const { id } = await connection.soap.create({ type: 'Lead', LastName: 'Fuenf', Company: 'Jforce Soap' });
  const { records: [status] } = await connection.query('SELECT ApiName FROM LeadStatus WHERE IsConverted = true');
  const converted = await connection.soap.convertLead({ leadId: id, convertedStatus: status.ApiName, doNotCreateOpportunity: true });
  const { metadataObjects } = await connection.metadata.describe('60.0');
  return {
    user: (await connection.soap.getUserInfo()).userName,
    converted: [converted.success, converted.leadId === id, converted.opportunityId],
    types: metadataObjects.map((each) => each.xmlName),
    objects: (await connection.metadata.list([{ type: 'CustomObject' }], '60.0')).map((each) => each.fullName),
  };
});
await step('composite', async () => {
  const asked = { method: 'GET', url: '/services/data/v60.0/limits', referenceId: 'limits' };
  const answer = await connection.requestPost('/composite', { compositeRequest: [asked] });
  return answer.compositeResponse.map((each) => each.httpStatusCode);
});
console.log(JSON.stringify(told));
