package io.anyserve.worker.consume;

import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.jspecify.annotations.Nullable;

/**
 * Tells from the metrics of a Kafka client whether it has lost its brokers. Owned by the client's
 * thread, which looks now and then.
 */
final class ConnectionMonitor {

  /** Of connections that are open now. */
  static final String CONNECTIONS = "connection-count";

  /** Shorter gaps are no loss: clients change connections. */
  static final Duration LOST = Duration.ofMillis(300);

  /** The first connection may take longer. */
  static final Duration UNMET = Duration.ofSeconds(3);

  private final Supplier<? extends Map<MetricName, ? extends Metric>> metrics;
  private final LongSupplier nanos;
  private @Nullable Metric connections;
  private Duration patience = UNMET;
  private long connectedAt;

  ConnectionMonitor(
      Supplier<? extends Map<MetricName, ? extends Metric>> metrics, LongSupplier nanos) {
    this.metrics = metrics;
    this.nanos = nanos;
    this.connectedAt = nanos.getAsLong();
  }

  /** There has been no connection for a while. */
  boolean lost() {
    long now = nanos.getAsLong();
    if (connected()) {
      patience = LOST;
      connectedAt = now;
    }
    return now - connectedAt >= patience.toNanos();
  }

  private boolean connected() {
    if (connections == null) {
      connections = find();
    }
    return connections != null
        && connections.metricValue() instanceof Number count
        && count.doubleValue() >= 1;
  }

  private @Nullable Metric find() {
    for (var metric : metrics.get().entrySet()) {
      if (metric.getKey().name().equals(CONNECTIONS)) {
        return metric.getValue();
      }
    }
    return null;
  }
}
