package io.anyserve.loadtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.runtime.kafka.KafkaClients;
import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SkeletonBaselineIT {

  @Test
  void everyStreamGetsItsChunksAndItsEnd(@TempDir Path directory) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0);
        SkeletonBaseline skeleton =
            SkeletonBaseline.start(KafkaClients.of(broker.bootstrapServers()), 10)) {
      ManagedChannel channel = PipelineBench.channel(skeleton.port());
      try {
        var loop =
            new ClosedLoop(
                8,
                Duration.ofSeconds(1),
                new Workload("story", "s", 900, 10),
                Duration.ofMinutes(1));
        LoadResult result = loop.run(List.of(channel));

        assertTrue(result.finished() >= 8, result::toString);
        assertEquals(0, result.failed(), result::firstFailure);
        assertEquals(result.finished() * 10, result.tokens());
      } finally {
        channel.shutdownNow();
      }
    }
  }
}
