package io.anyserve.ingress;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.runtime.kafka.WorkerRegistry;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Who takes work, as announced: live workers altogether, and of each of the first {@value #MOST}
 * capabilities, down to none. The thread that reads heartbeats owns it.
 */
final class WorkerMetrics {

  private static final int MOST = 200;
  private static final String NAME = "anyserve.ingress.workers.live";

  private final WorkerRegistry workers;
  private final MeterRegistry registry;
  private final Set<Capability> seen = new HashSet<>();

  WorkerMetrics(WorkerRegistry workers, MeterRegistry registry) {
    this.workers = workers;
    this.registry = registry;
    Gauge.builder("anyserve.ingress.workers", workers, known -> known.live().size())
        .description("Workers that take work now")
        .register(registry);
  }

  /** A record of the topic {@code workers}. */
  void read(ConsumerRecord<byte[], byte[]> record) {
    workers.read(record);
    if (record.value() != null) {
      for (WorkerHeartbeat heartbeat : workers.live()) {
        heartbeat.capabilities().forEach(this::see);
      }
    }
  }

  private void see(CapabilityOffer offered) {
    if (seen.size() < MOST && seen.add(offered.name())) {
      Gauge.builder(NAME, workers, known -> count(known, offered.name()))
          .description("Workers that take work of a capability now")
          .tag("capability", offered.name().value())
          .register(registry);
    }
  }

  private static long count(WorkerRegistry workers, Capability capability) {
    return workers.live().stream().filter(worker -> worker.offers(capability)).count();
  }
}
