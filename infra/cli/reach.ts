/**
 * Where a call of an API goes: to the endpoint that gcloud is told to take for it by `CLOUDSDK_API_ENDPOINT_OVERRIDES_<API>`, so that both
 * speak to the same one; otherwise where it says.
 */
export function reachOf(environment: {
  readonly [variable: string]: string | undefined;
}): (url: string) => string {
  return (url) => {
    const api = /^https:\/\/([a-z]+)\.googleapis\.com\//.exec(url);
    const override = environment[`CLOUDSDK_API_ENDPOINT_OVERRIDES_${api?.[1]?.toUpperCase()}`];
    if (!api || !override) return url;
    return `${override.replace(/\/$/, '')}/${url.slice(api[0].length)}`;
  };
}
