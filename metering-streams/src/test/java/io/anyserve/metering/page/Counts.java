package io.anyserve.metering.page;

import java.util.LinkedHashMap;
import java.util.Map;

/** Made-up totals, and how the API writes them. */
record Counts(
    long requests,
    long failed,
    long cancelled,
    long prompt,
    long completion,
    long cached,
    long cost,
    double trouble) {

  static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0);

  /**
   * Totals of that many requests.
   *
   * @param trouble from 0 to 1; near 1 requests fail and are slow
   * @param price micro-units for a token
   */
  static Counts of(long requests, double trouble, double price) {
    double failing = trouble > 0.985 ? 0.07 : 0.004 + 0.01 * trouble;
    long prompt = Math.round(requests * (160 + 40 * trouble));
    long completion = Math.round(requests * (210 + 60 * trouble));
    return new Counts(
        requests,
        Math.round(requests * failing),
        Math.round(requests * 0.011),
        prompt,
        completion,
        prompt * 3 / 10,
        Math.round((prompt + 4 * completion) * price),
        trouble);
  }

  Counts plus(Counts o) {
    return new Counts(
        requests + o.requests,
        failed + o.failed,
        cancelled + o.cancelled,
        prompt + o.prompt,
        completion + o.completion,
        cached + o.cached,
        cost + o.cost,
        Math.max(trouble, o.trouble));
  }

  Counts minus(Counts o) {
    return new Counts(
        requests - o.requests,
        failed - o.failed,
        cancelled - o.cancelled,
        prompt - o.prompt,
        completion - o.completion,
        cached - o.cached,
        cost - o.cost,
        trouble);
  }

  Counts share(double part) {
    return new Counts(
        (long) (requests * part),
        (long) (failed * part),
        (long) (cancelled * part),
        (long) (prompt * part),
        (long) (completion * part),
        (long) (cached * part),
        (long) (cost * part),
        trouble);
  }

  long tokens() {
    return prompt + completion;
  }

  Map<String, Object> json() {
    var json = new LinkedHashMap<String, Object>();
    json.put("requests", requests);
    json.put("finished", requests - failed - cancelled);
    json.put("failed", failed);
    json.put("cancelled", cancelled);
    json.put("prompt_tokens", prompt);
    json.put("completion_tokens", completion);
    json.put("cached_tokens", cached);
    json.put("chunks", completion / 2);
    json.put("bytes_in", prompt * 4);
    json.put("bytes_out", completion * 4);
    json.put("engine_micros", completion * 900);
    json.put("cost_micros", cost);
    json.put("unpriced", 0);
    json.put("first_token_ms", quantiles(70, 150, 300));
    json.put("duration_ms", quantiles(700, 1_500, 3_000));
    return json;
  }

  private Map<String, Long> quantiles(long p50, long p90, long p99) {
    double slower = 0.8 + 0.5 * trouble + (trouble > 0.985 ? 0.6 : 0);
    return Map.of(
        "p50",
        Math.round(p50 * slower),
        "p90",
        Math.round(p90 * slower),
        "p99",
        Math.round(p99 * slower * slower));
  }
}
