import { readFileSync } from 'node:fs';
import { functionNames } from '../resources.ts';

/**
 * Loads all that a function may load, once. Node keeps what it compiled when this program ends, in the directory that its
 * environment names; run by Google's build in the directory that was uploaded, with the Node and the user of the deployed function.
 */
const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  dependencies: { [name: string]: string };
};
// The framework's own server is loaded by the program that it starts with.
const packages = [...Object.keys(dependencies), '@google-cloud/functions-framework/testing'];
const shared = ['instance', 'http/listener', 'http/token-reader'];
for (const name of packages) await import(name);
for (const name of [...shared, ...functionNames]) await import(`../../functions/${name}.js`);
