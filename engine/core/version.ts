/** Version of the model. Whatever changes a digest of shipped behaviour changes this (a test sees to it). */
export const MODEL_VERSION = '2';
