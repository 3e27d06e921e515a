/** What a flow-size table is: [bytes, cumulative per cent], both ascending, from 0 to 100. */
export type FlowSizes = readonly (readonly [bytes: number, cumulativePercent: number])[];
