/** Published rows as studies: one a bed, and the same with prices that were chosen without the bed. */
import type { PublishedRow } from '../formats/types.ts';
import type { Study } from '../study.ts';
import { bedStudy } from './bedStudy.ts';
import { bookWithout, SHIPPED } from './movedPrices.ts';

function byBed(rows: readonly PublishedRow[]): Map<string, PublishedRow[]> {
  const beds = new Map<string, PublishedRow[]>();
  for (const row of rows) {
    const known = beds.get(row.row.bed);
    if (known === undefined) beds.set(row.row.bed, [row]);
    else known.push(row);
  }
  return beds;
}

/** One study a bed, in the order of the rows. */
export function publishedStudies(rows: readonly PublishedRow[]): Study[] {
  return [...byBed(rows).values()].map((bed) => bedStudy(bed, SHIPPED));
}

/** The same, each bed with the numbers that it alone motivated put back to their sources' values. */
export function leaveOneBedOutStudies(rows: readonly PublishedRow[]): Study[] {
  return [...byBed(rows)].map(([bed, own]) => bedStudy(own, bookWithout(bed)));
}
