package io.anyserve.runtime.streams;

import java.io.IOException;
import org.apache.kafka.streams.KafkaStreams;

/** What a {@link StreamsService} runs. It is called by one thread at a time. */
@FunctionalInterface
public interface StreamsApplication {

  /**
   * Looks before each start whether the application can work, once the client before has ended.
   * Whatever it throws puts the start off.
   *
   * @return whether this instance's stores must be discarded before it starts
   */
  default boolean prepare() throws IOException, InterruptedException {
    return false;
  }

  /** A new client that is not started. */
  KafkaStreams newClient() throws IOException;
}
