package io.anyserve.ingress.kafka;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.ingress.response.AssignedPartitions;
import io.anyserve.ingress.response.ResponseStream;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.ComponentGroup;
import io.anyserve.runtime.Health;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads {@code tokens} again for readers that are behind: callers that resumed and callers that
 * were too slow. Few consumers serve any number of them; a partition belongs to one of them, so
 * that readers that are near each other are served by one pass. Near the log's end the live reader
 * takes over, also of a partition of another ingress. Thread-safe.
 */
public final class ReplayService implements Component {

  /** What the consumers of this class need of Kafka. */
  public static final Map<String, String> CONSUMER_SETTINGS =
      Map.of(
          "auto.offset.reset", "none",
          "fetch.min.bytes", "1",
          "fetch.max.wait.ms", "10",
          "max.poll.records", "5000",
          "default.api.timeout.ms", "5000");

  private static final Logger log = LoggerFactory.getLogger(ReplayService.class);

  private static final int CONSUMERS = 2;

  private final List<ReplayConsumerLoop> loops;
  private final ComponentGroup group;

  /**
   * Not connected; connects when it is needed first.
   *
   * @param connect makes a consumer with {@link #CONSUMER_SETTINGS}
   * @param live asked to read the partitions of readers that are near the log's end
   */
  public ReplayService(
      Supplier<Consumer<byte[], byte[]>> connect,
      String topic,
      AssignedPartitions live,
      MeterRegistry meters) {
    Counter records =
        Counter.builder("anyserve.ingress.replay.records")
            .description("Records of tokens that were read again for resumes and slow clients")
            .register(meters);
    loops =
        IntStream.range(0, CONSUMERS)
            .mapToObj(
                number ->
                    new ReplayConsumerLoop("token-replay-" + number, connect, topic, live, records))
            .toList();
    group = new ComponentGroup(loops);
  }

  /** Feeds it from the offset that it wants until it needs no more. Does not block. */
  public void add(ResponseStream stream) {
    loops.get(stream.partition() % CONSUMERS).add(stream);
  }

  static Failure expired(long wanted, long earliest) {
    return new Failure(
        FailureCode.RESUME_EXPIRED,
        "offset: %d (expected: at least %d, the earliest that the log still holds)"
            .formatted(wanted, earliest));
  }

  static Failure broken(Throwable fault) {
    return new Failure(FailureCode.INTERNAL, "the stream cannot be read: " + fault);
  }

  /** Ends a reader that cannot be fed, and survives it when not even that can be told. */
  static void end(ResponseStream stream, Failure failure) {
    try {
      stream.abandonReplay(failure);
    } catch (RuntimeException | Error e) {
      log.error("Failed to end the call of request {}", stream.handle().request(), e);
    }
  }

  @Override
  public void start() throws Exception {
    group.start();
  }

  @Override
  public Health health() {
    return group.health();
  }

  @Override
  public void close() {
    group.close();
  }
}
