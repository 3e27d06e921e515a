/**
 * Pages of payload. What a core has freed itself it takes again, warm; beyond that a page comes from the zone's lists
 * and its lines from another core's cache. A stream moves pages one way: its sender takes none that it freed. An
 * exchange gives back as much as it takes.
 *
 * Left out: NUMA nodes, the order of allocations, caches shared by other work; a machine that prices PAGES at nothing
 * has them inside other stages. Source: mm/page_alloc.c (per-cpu lists), Linux 6.12.
 */
import type { Partition } from './partition.ts';

/** The open job's core allocates pages for `bytes` of payload. */
export function takePages(p: Partition, bytes: number): void {
  const { setup, cores } = p;
  const { core } = p.job;
  if (!setup.pricesPages) return;
  const warm = cores.warmBytes[core]!;
  if (bytes <= warm) {
    cores.warmBytes[core] = warm - bytes;
    return;
  }
  cores.warmBytes[core] = 0;
  p.charge(setup.compiled.row.pages, 0, 0, bytes - warm);
}

/** It frees them. What exceeds the second-level cache is cold again. */
export function givePages(p: Partition, bytes: number): void {
  const { setup, cores } = p;
  const { core } = p.job;
  if (!setup.pricesPages) return;
  const { l2Bytes } = setup.machine.cache;
  const warm = cores.warmBytes[core]! + bytes;
  cores.warmBytes[core] = warm < l2Bytes ? warm : l2Bytes;
}
