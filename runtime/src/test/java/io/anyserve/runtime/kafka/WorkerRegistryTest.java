package io.anyserve.runtime.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.event.WorkerState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

final class WorkerRegistryTest {

  private static final Capability STORY = new Capability("story");
  private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_000L);

  private final WorkerRegistry registry = new WorkerRegistry(() -> NOW);

  @Test
  void whatNotAllWorkersTakeIsNotOffered() {
    assertEquals(Optional.empty(), registry.offer(STORY));
    CapabilityOffer all = new CapabilityOffer(STORY, "torch", "m", 4, true, 512).with(true, true);
    beats("a", all.withVision(true));
    assertEquals(Optional.of(all.withVision(true)), registry.offer(STORY));
    beats("b", all);
    assertEquals(Optional.of(all), registry.offer(STORY));
    beats("b", all.with(false, true).withVision(true));
    assertEquals(Optional.of(all.with(false, true).withVision(true)), registry.offer(STORY));
  }

  private void beats(String worker, CapabilityOffer offer) {
    var heartbeat =
        new WorkerHeartbeat(
            new WorkerId(worker), List.of(offer), WorkerState.READY, 0, NOW, Duration.ofSeconds(5));
    registry.read(
        new ConsumerRecord<>(
            "workers", 0, 0, worker.getBytes(UTF_8), WorkerCodec.encode(heartbeat)));
  }
}
