package io.anyserve.worker.schedule;

import io.anyserve.worker.engine.CacheUse;
import io.anyserve.worker.engine.Engine;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.function.ToIntFunction;

/** The metrics of an engine's cache. The scheduler's thread records, any thread reads. */
public final class CacheMetrics {

  private static final Map<String, ToIntFunction<CacheUse>> STATES =
      Map.of("running", CacheUse::running, "kept", CacheUse::kept, "free", CacheUse::free);

  private final Counter prompt;
  private final Counter cached;
  private volatile CacheUse use = CacheUse.NONE;

  CacheMetrics(MeterRegistry registry, Tags tags) {
    this.prompt =
        Counter.builder("anyserve.worker.prompt.tokens")
            .description("Prompt tokens of sequences that came into the engine")
            .tags(tags)
            .register(registry);
    this.cached =
        Counter.builder("anyserve.worker.cached.tokens")
            .description("Of the prompt tokens, those that the cache had already")
            .tags(tags)
            .register(registry);
    STATES.forEach(
        (state, count) ->
            Gauge.builder("anyserve.worker.cache.pages", () -> count.applyAsInt(use))
                .description("Pages of the cache of keys and values")
                .tags(tags.and("state", state))
                .register(registry));
  }

  void admitted(Engine.Admission admission) {
    prompt.increment((double) admission.promptTokens());
    cached.increment((double) admission.cachedTokens());
  }

  void used(CacheUse now) {
    use = now;
  }

  /** Prompt tokens of sequences that came into the engine. */
  public double promptTokens() {
    return prompt.count();
  }

  /** Of them, those that the cache had already. */
  public double cachedTokens() {
    return cached.count();
  }

  /** The share of the cache that sequences take, 0 to 1. */
  public double share() {
    return use.share();
  }
}
