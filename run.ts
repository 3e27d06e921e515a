/**
 * Entry point: argv → cli. The name makes `tsx run scenarios/large-cluster.ts` work: tsx takes `run` for
 * this file.
 */
import { processIo } from './cli/io.ts';
import { main } from './cli/main.ts';
import { shippedParts } from './cli/shipped.ts';

process.exitCode = await main(process.argv.slice(2), shippedParts, processIo());
