package io.anyserve.runtime.kafka;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.contracts.event.WorkerHeartbeat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The workers by their last heartbeat. One thread writes, any thread reads. */
public final class WorkerRegistry {

  private final Map<WorkerId, WorkerHeartbeat> heartbeats = new ConcurrentHashMap<>();
  private final InstantSource clock;

  public WorkerRegistry(InstantSource clock) {
    this.clock = clock;
  }

  /** A record of the topic {@code workers}; no value means that the worker is forgotten. */
  public void read(ConsumerRecord<byte[], byte[]> record) {
    WorkerId worker = new WorkerId(new String(record.key(), StandardCharsets.UTF_8));
    if (record.value() == null) {
      heartbeats.remove(worker);
    } else {
      heartbeats.put(worker, WorkerCodec.decodeHeartbeat(record.value()));
    }
  }

  /** Those that take work now, by name. */
  public List<WorkerHeartbeat> live() {
    Instant now = clock.instant();
    return heartbeats.values().stream()
        .filter(heartbeat -> heartbeat.live(now))
        .sorted(Comparator.comparing(WorkerHeartbeat::worker))
        .toList();
  }

  /** What a live worker offers under that name: any of them, as all offer the same. */
  public Optional<CapabilityOffer> offer(Capability capability) {
    Instant now = clock.instant();
    return heartbeats.values().stream()
        .filter(heartbeat -> heartbeat.live(now))
        .flatMap(heartbeat -> heartbeat.capabilities().stream())
        .filter(offer -> offer.name().equals(capability))
        .reduce(WorkerRegistry::both);
  }

  /** What only one of them has beside text is not offered: either may get a request. */
  private static CapabilityOffer both(CapabilityOffer one, CapabilityOffer other) {
    return one.with(one.toolCalls() && other.toolCalls(), one.reasoning() && other.reasoning())
        .withVision(one.vision() && other.vision());
  }

  /** A live worker offers that capability. */
  public boolean live(Capability capability) {
    Instant now = clock.instant();
    for (WorkerHeartbeat heartbeat : heartbeats.values()) {
      if (heartbeat.offers(capability) && heartbeat.live(now)) {
        return true;
      }
    }
    return false;
  }
}
