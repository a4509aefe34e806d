/**
 * Node's cache of compiled modules (Node docs, "Module compile cache"): made where the functions are built, by `gcp-build`, and
 * read by each new instance. A path below the uploaded directory, in which the buildpack's image starts as well.
 */
export const compileCache = { NODE_COMPILE_CACHE: '.compile-cache' };

/** What fills it: a program in the upload. */
export const fillingProgram = 'infra/upload/fill-compile-cache.js';
