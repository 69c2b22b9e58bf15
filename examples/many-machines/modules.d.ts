/** What this example imports and the package does not install: it need not be there for the others to be checked. */
declare module 'bullmq';
