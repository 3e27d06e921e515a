/**
 * The measurements that come with the project: both own beds, the frozen lists and the publications behind them.
 */
import { readFileSync } from 'node:fs';
import { readMeasurements } from './read.ts';
import type { Measurements } from './types.ts';

const OWN = ['kernel-netns', 'tcp-bottleneck'] as const;
/** Publications with rows in the lists; the others beside them have none. */
const LISTED = [
  'calico-issues',
  'chunqi-li-2015',
  'docker-modes',
  'flannel-issues',
  'flannel-udp-k8s-pr-12387',
  'infocom18',
  'infrabuilder-2018',
  'infrabuilder-2020',
  'infrabuilder-2024',
  'ispass15',
  'jimmy-song-2017',
  'krd-vms',
  'kube-ovn-wiki',
  'slim-nsdi19',
] as const;

export function shippedMeasurements(): Measurements {
  const names = ['scoring', ...LISTED.map((name) => `published/${name}`), ...OWN];
  return readMeasurements(
    names.map((name) => ({
      name: `${name}.json`,
      value: JSON.parse(readFileSync(new URL(`../data/${name}.json`, import.meta.url), 'utf8')) as unknown,
    })),
  );
}
