package io.anyserve.ingress.response;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What becomes of calls that resume a stream:
 *
 * <pre>
 * admitted = live at once + caught up or ended before that + replaced + replaying
 * </pre>
 *
 * Thread-safe.
 */
final class ResumeMetrics {

  private final AtomicInteger replaying = new AtomicInteger();
  private final Counter admitted;
  private final Counter live;
  private final Counter refused;
  private final Counter replaced;

  ResumeMetrics(MeterRegistry registry) {
    admitted = counter(registry, "admitted", "Calls that resumed a stream here");
    live = counter(registry, "live", "Resumes that went on live without a replay");
    refused =
        counter(registry, "refused", "Calls that were to resume a stream and found no room for it");
    replaced =
        counter(
            registry,
            "replaced",
            "Resumes that ended for a later one of the same request, as there was no more room");
    Gauge.builder("anyserve.ingress.resumes.replaying", replaying, AtomicInteger::get)
        .description("Resumed streams that catch up from the log")
        .register(registry);
  }

  private static Counter counter(MeterRegistry registry, String name, String description) {
    return Counter.builder("anyserve.ingress.resumes." + name)
        .description(description)
        .register(registry);
  }

  void admitted() {
    admitted.increment();
    replaying.incrementAndGet();
  }

  /** It needs nothing that lies in the log already. */
  void admittedLive() {
    admitted.increment();
    live.increment();
  }

  void refused() {
    refused.increment();
  }

  void replaced() {
    replaced.increment();
  }

  /** It reads no more of the log on its own, whatever the reason. */
  void released() {
    replaying.decrementAndGet();
  }
}
