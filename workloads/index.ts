/** Flow-size distributions by the name that scenarios and labels use. */
import { aliStorage2019 } from './aliStorage2019.ts';
import { fbHadoop } from './fbHadoop.ts';
import { googleRpc2008Thinned } from './googleRpc2008Thinned.ts';
import type { FlowSizes } from './types.ts';
import { websearch } from './websearch.ts';

export type { FlowSizes } from './types.ts';

export const WORKLOADS = {
  'ali-storage-2019': aliStorage2019,
  'fb-hadoop': fbHadoop,
  'google-rpc-2008-thinned': googleRpc2008Thinned,
  websearch: websearch,
} as const satisfies Readonly<Record<string, FlowSizes>>;

export type WorkloadName = keyof typeof WORKLOADS;
