package io.anyserve.worker.telemetry;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.worker.publish.ExecutionListener;
import io.anyserve.worker.schedule.CacheMetrics;
import io.anyserve.worker.schedule.SchedulerMetrics;
import io.anyserve.worker.schedule.WorkerIdentity;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What a capability of this worker does, under the names of vLLM's metrics, so that dashboards for
 * vLLM show it. Intervals begin when the worker takes a request: what it waited in the log before
 * is not in them. Thread-safe.
 */
final class VllmMetrics implements ExecutionListener.Source {

  private static final Duration[] BUCKETS =
      LongStream.of(1, 5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10_240, 20_480, 40_960)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  /** Why a request ended, in vLLM's words. */
  private enum Reason {
    STOP,
    LENGTH,
    ABORT,
    ERROR
  }

  private enum Phase {
    WAITING,
    RUNNING,
    OVER
  }

  private final LongSupplier nanos;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();
  private final Counter promptTokens;
  private final Map<Reason, Counter> ended = new EnumMap<>(Reason.class);
  private final Timer queued;
  private final Timer firstToken;
  private final Timer perToken;
  private final Timer whole;
  private final Timer prefill;
  private final Timer decode;

  /**
   * @param scheduler of the capability, whose counts have vLLM's names, too
   */
  VllmMetrics(
      MeterRegistry registry,
      WorkerIdentity identity,
      SchedulerMetrics scheduler,
      LongSupplier nanos) {
    this.nanos = nanos;
    Tags tags = Tags.of("model_name", identity.model(), "engine", identity.capability().value());
    gauge(registry, tags, "running", "Requests that the engine works on", running);
    gauge(registry, tags, "waiting", "Requests that wait for a slot", waiting);
    promptTokens =
        Counter.builder("vllm:prompt_tokens")
            .description("Prompt tokens of requests that were begun")
            .tags(tags)
            .register(registry);
    counts(registry, tags, scheduler);
    for (Reason reason : Reason.values()) {
      ended.put(
          reason,
          Counter.builder("vllm:request_success")
              .description("Requests that ended, by the reason")
              .tags(tags.and("finished_reason", reason.name().toLowerCase(Locale.ROOT)))
              .register(registry));
    }
    queued = timer(registry, tags, "request_queue_time", "From taking a request to its start");
    firstToken = timer(registry, tags, "time_to_first_token", "From taking it to its first token");
    perToken =
        timer(registry, tags, "request_time_per_output_token", "Mean between tokens of a request");
    whole = timer(registry, tags, "e2e_request_latency", "From taking a request to its end");
    prefill = timer(registry, tags, "request_prefill_time", "From its start to its first token");
    decode = timer(registry, tags, "request_decode_time", "From its first token to its end");
  }

  private static void counts(MeterRegistry registry, Tags tags, SchedulerMetrics scheduler) {
    CacheMetrics cache = scheduler.cache();
    count(registry, tags, "generation_tokens", "Tokens written", scheduler.tokens()::count);
    count(
        registry,
        tags,
        "num_preemptions",
        "Sequences that had to wait again",
        scheduler.preemptions()::count);
    count(
        registry,
        tags,
        "prefix_cache_queries",
        "Prompt tokens that were looked up",
        cache::promptTokens);
    count(
        registry,
        tags,
        "prefix_cache_hits",
        "Of them, those that the cache had",
        cache::cachedTokens);
    Gauge.builder("vllm:kv_cache_usage_perc", cache, CacheMetrics::share)
        .description("Share of the cache that requests take, 0 to 1")
        .tags(tags)
        .register(registry);
  }

  private static void count(
      MeterRegistry registry, Tags tags, String name, String description, DoubleSupplier count) {
    FunctionCounter.builder("vllm:" + name, count, DoubleSupplier::getAsDouble)
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private static void gauge(
      MeterRegistry registry, Tags tags, String what, String description, AtomicInteger value) {
    Gauge.builder("vllm:num_requests_" + what, value, AtomicInteger::get)
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private static Timer timer(MeterRegistry registry, Tags tags, String name, String description) {
    return Timer.builder("vllm:" + name)
        .description(description)
        .tags(tags)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  @Override
  public ExecutionListener taken(
      ConsumerRecord<byte[], byte[]> record, InferenceRequest request, int attempt) {
    waiting.incrementAndGet();
    return new Recorder(nanos.getAsLong());
  }

  private void count(Reason reason) {
    Counter counter = ended.get(reason);
    if (counter != null) {
      counter.increment();
    }
  }

  private static Reason reason(Terminal event) {
    return switch (event) {
      case Finished finished ->
          switch (finished.reason()) {
            case STOP, TOOL_CALLS -> Reason.STOP;
            case LENGTH -> Reason.LENGTH;
          };
      case Failed _ -> Reason.ERROR;
      case Cancelled _ -> Reason.ABORT;
    };
  }

  /** Of one execution. */
  private final class Recorder implements ExecutionListener {

    private final long taken;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.WAITING);
    private volatile long startedAfter;
    private volatile long firstAfter = -1;

    Recorder(long taken) {
      this.taken = taken;
    }

    @Override
    public void started(Started event) {
      if (phase.compareAndSet(Phase.WAITING, Phase.RUNNING)) {
        waiting.decrementAndGet();
        running.incrementAndGet();
        startedAfter = since();
        queued.record(startedAfter, TimeUnit.NANOSECONDS);
        promptTokens.increment((double) event.promptTokens());
      }
    }

    @Override
    public void firstChunk() {
      firstAfter = since();
      firstToken.record(firstAfter, TimeUnit.NANOSECONDS);
      prefill.record(firstAfter - startedAfter, TimeUnit.NANOSECONDS);
    }

    @Override
    public void ended(Terminal event) {
      long took = since();
      whole.record(took, TimeUnit.NANOSECONDS);
      count(reason(event));
      if (firstAfter >= 0) {
        decode.record(took - firstAfter, TimeUnit.NANOSECONDS);
      }
      long tokens = event.usage().completion();
      if (event instanceof Finished && firstAfter >= 0 && tokens > 1) {
        perToken.record((took - firstAfter) / (tokens - 1), TimeUnit.NANOSECONDS);
      }
    }

    @Override
    public void over(boolean answered) {
      switch (phase.getAndSet(Phase.OVER)) {
        case WAITING -> waiting.decrementAndGet();
        case RUNNING -> running.decrementAndGet();
        case OVER -> {}
      }
    }

    private long since() {
      return nanos.getAsLong() - taken;
    }
  }
}
