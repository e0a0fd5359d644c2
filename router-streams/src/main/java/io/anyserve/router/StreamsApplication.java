package io.anyserve.router;

import io.anyserve.contracts.service.Health;
import io.anyserve.contracts.service.Part;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.jspecify.annotations.Nullable;

/** One topology that runs. Any thread may ask for its health; one starts and closes it. */
final class StreamsApplication implements Part {

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final String name;
  private final Topology topology;
  private final Map<String, Object> config;
  private final Replacement replacement;
  private volatile @Nullable KafkaStreams streams;

  StreamsApplication(String name, Topology topology, Map<String, Object> config) {
    this.name = name;
    this.topology = topology;
    this.config = config;
    this.replacement = new Replacement(name, new Backoff(System::nanoTime));
  }

  @Override
  public void start() {
    KafkaStreams started = new KafkaStreams(topology, new StreamsConfig(config));
    started.setUncaughtExceptionHandler(replacement);
    streams = started;
    started.start();
  }

  @Override
  public Health health() {
    KafkaStreams running = streams;
    if (running == null) {
      return new Health.Down(name, "not started");
    }
    KafkaStreams.State state = running.state();
    return state == KafkaStreams.State.RUNNING
        ? Health.UP
        : new Health.Down(name, state + replacement.lastFailure().map(", "::concat).orElse(""));
  }

  @Override
  public void close() {
    replacement.stop();
    KafkaStreams running = streams;
    if (running != null) {
      running.close(CloseOptions.timeout(CLOSE_TIMEOUT));
    }
  }
}
