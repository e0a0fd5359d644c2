package io.anyserve.worker.consume;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.Test;

final class ConnectionMonitorTest {

  private static final MetricName NAME =
      new MetricName(ConnectionMonitor.CONNECTIONS, "consumer-share-metrics", "", Map.of());

  private final AtomicLong nanos = new AtomicLong(-5);
  private double connections;
  private final ConnectionMonitor watch =
      new ConnectionMonitor(() -> Map.of(NAME, new Count()), nanos::get);

  @Test
  void leavesMoreTimeToTheFirstConnection() {
    assertFalse(watch.lost());
    nanos.addAndGet(ConnectionMonitor.UNMET.toNanos() - 1);
    assertFalse(watch.lost());
    nanos.incrementAndGet();
    assertTrue(watch.lost());
  }

  @Test
  void isLostAfterAWhileWithoutConnection() {
    connections = 2;
    assertFalse(watch.lost());
    connections = 0;
    nanos.addAndGet(ConnectionMonitor.LOST.toNanos() - 1);
    assertFalse(watch.lost());
    nanos.incrementAndGet();
    assertTrue(watch.lost());
  }

  @Test
  void isFoundAgain() {
    connections = 1;
    assertFalse(watch.lost());
    connections = 0;
    nanos.addAndGet(ConnectionMonitor.LOST.toNanos());
    assertTrue(watch.lost());
    connections = 1;
    assertFalse(watch.lost());
  }

  private final class Count implements Metric {

    @Override
    public MetricName metricName() {
      return NAME;
    }

    @Override
    public Object metricValue() {
      return connections;
    }
  }
}
