// Reads every topic of a cluster with kafkajs and Confluent's JavaScript registry client, and compares.
//
//   node witness.mjs BOOTSTRAP_SERVERS REGISTRY_URL EVENTS_JSONL
//
// EVENTS_JSONL is a run's record, as the Java side read it: each of its events must be the same here, at the same
// topic, partition and offset. Payloads are not in a record; their bytes must have the hash that the event gives.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import schemaregistry from '@confluentinc/schemaregistry';
import kafkajs from 'kafkajs';

const { AvroDeserializer, SchemaRegistryClient, SerdeType } = schemaregistry;
const QUIET_MILLIS = 3000;

const [bootstrapServers, registryUrl, recordFile] = process.argv.slice(2);
const place = (topic, partition, offset) => `${topic}/${partition}/${offset}`;
const expected = new Map(readFileSync(recordFile, 'utf8').trim().split('\n').map(JSON.parse)
  .map(entry => [place(entry.topic, entry.partition, entry.offset), entry]));

// Avro's JSON has bytes as text, one character for each.
const plain = value => {
  if (Buffer.isBuffer(value)) {
    return value.toString('latin1');
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  return value !== null && typeof value === 'object'
    ? Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)])) : value;
};

// A float stands in JSON with as many digits as it needs, and comes from Avro as the double next to it.
const same = (one, other) => {
  if (typeof one === 'number' && typeof other === 'number') {
    return one === other || Math.fround(one) === Math.fround(other);
  }
  if (one === null || other === null || typeof one !== 'object' || typeof other !== 'object') {
    return one === other;
  }
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every(name => same(one[name], other[name]));
};

const kafka = new kafkajs.Kafka({ clientId: 'witness', brokers: bootstrapServers.split(','), logLevel: kafkajs.logLevel.ERROR });
const events = new AvroDeserializer(new SchemaRegistryClient({ baseURLs: [registryUrl] }), SerdeType.VALUE, {});
const counts = new Map();
const differences = [];
let matched = 0;
let hashed = 0;
let lastSeen = Date.now();

async function look({ topic, partition, message }) {
  lastSeen = Date.now();
  const name = message.headers.event.toString();
  const event = await events.deserialize(topic, message.value);
  counts.set(`${topic} ${name}`, (counts.get(`${topic} ${name}`) ?? 0) + 1);
  const at = place(topic, partition, message.offset);
  if (Buffer.isBuffer(event.data) && typeof event.sha256 === 'string') {
    hashed++;
    if (createHash('sha256').update(event.data).digest('hex') !== event.sha256) {
      differences.push(`${at}: the payload of ${name} has another hash than it says`);
    }
  }
  const theirs = expected.get(at);
  if (theirs !== undefined) {
    expected.delete(at);
    matched++;
    if (name !== theirs.event || !same(plain(event), theirs.value)) {
      differences.push(`${at}: ${name} is not the ${theirs.event} of the record`);
    }
  }
}

const admin = kafka.admin();
await admin.connect();
const topics = (await admin.listTopics()).filter(topic => /^fedbiot\.(?!registry\.)/.test(topic));
await admin.disconnect();
const consumer = kafka.consumer({ groupId: `witness-${process.pid}` });
await consumer.connect();
await consumer.subscribe({ topics, fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachMessage: message => look(message).catch(problem => differences.push(`${message.topic}/${message.partition}/${message.message.offset}: ${problem.message}`)),
});
while (Date.now() - lastSeen < QUIET_MILLIS || (matched === 0 && Date.now() - lastSeen < 10 * QUIET_MILLIS)) {
  await new Promise(resolve => setTimeout(resolve, 100));
}
await consumer.disconnect();

expected.forEach((entry, at) => differences.push(`${at}: the ${entry.event} of the record was not seen`));
[...counts].sort().forEach(([what, count]) => console.log(`${what}: ${count}`));
console.log(`${matched} events as in the run's record, ${hashed} payloads with the hash that they give, ${differences.length} differences`);
differences.slice(0, 10).forEach(difference => console.error(difference));
process.exit(differences.length === 0 && matched > 0 && hashed > 0 ? 0 : 1);
