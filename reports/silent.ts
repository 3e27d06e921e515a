/**
 * Rows that deliver nothing, or less than a thousandth of the best one beside them: who, in which setting, why, and
 * which single change of the setting, among those that the run has, mends it.
 *
 * Left out: causes that only several changes together mend; a cluster in which nothing was offered.
 */
import { listed } from './families.ts';
import type { Cell, Result } from './schema.ts';
import { percent } from './units.ts';
import { backendsOf, dimText, goodputOf, groupsOf, hasFigures, metricValue, settingOf } from './view.ts';

/** Share of the best row's figure below which a row delivers next to nothing. */
const SHARE_MIN = 0.001;
/** As many settings, and changes that mend one, are named. */
const NAMED_MAX = 3;

/** What a cell delivers: transactions of closed loops that exchange, else payload. Any unit: for comparison. */
function delivered(cell: Cell, group: readonly Cell[]): number | null {
  const exchanges = group.some((one) => one.load === null && metricValue(one, 'transactionRate') !== null);
  return exchanges ? (metricValue(cell, 'transactionRate') ?? 0) : metricValue(cell, goodputOf(group));
}

/**
 * Whether a cell delivers (next to) nothing. Where no row of its group delivers anything, losses must show that
 * something was sent.
 * @param group  cells that differ in their backend only
 */
export function deliversNothing(cell: Cell, group: readonly Cell[]): boolean {
  if (!hasFigures(cell)) return false;
  const own = delivered(cell, group);
  if (own === null) return false;
  const best = Math.max(...group.filter(hasFigures).map((one) => delivered(one, group) ?? 0));
  return best > 0 ? own < best * SHARE_MIN : Object.values(cell.drops).some((packets) => packets > 0);
}

/** Losses that stop a row, as causes; others by their share. */
const STOPS: Readonly<Record<string, string>> = {
  'mtu exceeded': 'mtu exceeded drops every full packet',
  'fabric mtu (silent)': 'fabric mtu (silent) drops every full packet',
  'conntrack table': 'conntrack table full, new flows are refused',
};

/** What stops it: the resource or loss that binds, else the loss of most packets. */
function reasonOf({ binding, drops, queueOffered }: Cell): string {
  if (binding !== null && (binding.kind === 'resource' || binding.kind === 'queue'))
    return STOPS[binding.resource] ?? binding.text.replace(/^(queue limit|drops): /, '');
  const [most] = Object.entries(drops).sort(([, a], [, b]) => b - a);
  if (most === undefined || most[1] === 0) return binding?.text ?? '';
  const [reason, packets] = most;
  return STOPS[reason] ?? `${reason} drops ${percent(packets / (queueOffered[reason] ?? packets), 2)}`;
}

/** One sentence for each set of backends that fail for one reason, with all its settings; none if all deliver. */
export function silentSentences(result: Result): string[] {
  const groups = [...groupsOf(result).values()];
  const all = backendsOf(result);
  const settings = new Map<string, string[]>();
  for (const group of groups) {
    const byReason = new Map<string, Cell[]>();
    for (const cell of group.filter((one) => deliversNothing(one, group))) {
      const amount = delivered(cell, group)! > 0 ? 'next to nothing' : 'nothing';
      const reason = reasonOf(cell);
      const how = `${amount}${reason === '' ? '' : `: ${reason}`}`;
      byReason.set(how, [...(byReason.get(how) ?? []), cell]);
    }
    for (const [how, cells] of byReason) {
      const names = cells.map((cell) => cell.dims.backend);
      const verb = names.length === 1 ? 'delivers' : 'deliver';
      const text = `${listed(names, all)} ${verb} ${how}${mended(cells, groups)}.`;
      settings.set(text, [...(settings.get(text) ?? []), settingOf(result, cells[0]!)]);
    }
  }
  return [...settings].map(([text, where]) => (where[0] === '' ? text : `At ${some(where, '; ')}: ${text}`));
}

/** Changes of one dimension under which all of these cells' backends deliver. */
function mended(cells: readonly Cell[], groups: readonly (readonly Cell[])[]): string {
  const { dims } = cells[0]!;
  const changes = groups.flatMap((group) => {
    const other = group[0]!.dims;
    const differ = Object.keys(dims).filter((name) => name !== 'backend' && dims[name] !== other[name]);
    const works = cells.every(({ dims: { backend } }) =>
      group.some((one) => one.dims.backend === backend && hasFigures(one) && !deliversNothing(one, group)),
    );
    return differ.length === 1 && works ? [`${differ[0]}=${dimText(differ[0]!, other[differ[0]!])}`] : [];
  });
  if (changes.length === 0) return '';
  return `; ${cells.length === 1 ? 'it does' : 'they do'} with ${some(changes, ' or ')}`;
}

function some(texts: readonly string[], between: string): string {
  const more = texts.length - NAMED_MAX;
  return texts.slice(0, NAMED_MAX).join(between) + (more > 0 ? ` (and ${more} more)` : '');
}
