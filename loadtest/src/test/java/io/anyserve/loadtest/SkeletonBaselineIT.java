package io.anyserve.loadtest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.runtime.kafka.KafkaClients;
import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
final class SkeletonBaselineIT {

  private static final int STREAMS = 8;

  @Test
  void everyStreamGetsItsChunksAndItsEnd(@TempDir Path directory) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0);
        SkeletonBaseline skeleton =
            SkeletonBaseline.start(KafkaClients.of(broker.bootstrapServers()), 10)) {
      ManagedChannel channel = PipelineBench.channel(skeleton.port());
      try {
        LoadResult result = second(channel);
        while (result.finished() < STREAMS) {
          result = second(channel);
        }
        assertEquals(result.finished() * 10, result.tokens());
      } finally {
        channel.shutdownNow();
      }
    }
  }

  /** A slow machine finishes no stream in a second, and is asked for another one. */
  private static LoadResult second(ManagedChannel channel) throws Exception {
    var loop = new ClosedLoop(STREAMS, Duration.ofSeconds(1), Duration.ofMinutes(1));
    LoadResult result =
        loop.run(List.of(StreamCall.over(channel, new Workload("story", "s", 900, 10))));
    assertEquals(0, result.failed(), result::firstFailure);
    return result;
  }
}
