import { clientPackages } from './imports.ts';

/** Loaded before a function: what an entry point costs that imports every client. */
await Promise.all(clientPackages.map((name) => import(name)));
