package io.anyserve.ingress.kafka;

import io.anyserve.ingress.response.AssignedPartitions;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.ConsumerLoop;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * The thread that reads token events and watches deadlines. It survives every fault, of the brokers
 * and of its own, and goes on where it was; healthy while the brokers answer.
 */
public final class TokenConsumerLoop implements Component {

  /** What the consumer of this class needs of Kafka. */
  public static final Map<String, String> CONSUMER_SETTINGS =
      Map.of(
          "auto.offset.reset", "latest",
          "fetch.min.bytes", "1",
          "fetch.max.wait.ms", "1000",
          "max.poll.records", "2000",
          "default.api.timeout.ms", "5000");

  private static final Duration POLL = Duration.ofMillis(50);

  /** While no caller waits: no deadline can pass. */
  private static final Duration IDLE_POLL = Duration.ofMillis(250);

  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final long TICK = Duration.ofMillis(50).toNanos();
  private static final long SWEEP = Duration.ofSeconds(1).toNanos();
  private static final long SILENCE = Duration.ofSeconds(3).toNanos();

  private final Subscription place;
  private final ResponseStreams streams;
  private final AssignedPartitions partitions;
  private final TokenConsumerMetrics meters;
  private final LongSupplier clock;
  private final ConsumerLoop<Consumer<byte[], byte[]>> loop;
  private final Map<TopicPartition, Long> reached = new HashMap<>();
  private long ticked;
  private long swept;
  private double answers;
  private long answeredAt;

  /**
   * What is read.
   *
   * @param instance whose name's hash chooses the partitions
   * @param partitions how many
   */
  public record Subscription(String topic, String instance, int partitions) {}

  /**
   * Not connected yet.
   *
   * @param connect makes a consumer with {@link #CONSUMER_SETTINGS}
   * @param clock nanoseconds
   */
  public TokenConsumerLoop(
      Supplier<Consumer<byte[], byte[]>> connect,
      Subscription place,
      ResponseStreams streams,
      AssignedPartitions partitions,
      TokenConsumerMetrics meters,
      LongSupplier clock) {
    this.place = place;
    this.streams = streams;
    this.partitions = partitions;
    this.meters = meters;
    this.clock = clock;
    this.loop =
        new ConsumerLoop<>(
            "token-listener",
            new Health.Down("topic " + place.topic(), "not connected yet"),
            PAUSE,
            connect::get,
            this::begin,
            this::afterFault);
  }

  @Override
  public void start() {
    loop.start();
  }

  @Override
  public Health health() {
    return loop.health();
  }

  private ConsumerLoop.Step begin(Consumer<byte[], byte[]> consumer) {
    var reader = new TokenConsumer(consumer, place.topic(), streams, partitions, meters);
    reader.begin(place.instance(), place.partitions(), reached);
    answeredAt = clock.getAsLong();
    loop.up();
    return () -> step(reader);
  }

  private void step(TokenConsumer reader) {
    reader.step(streams.size() == 0 ? IDLE_POLL : POLL, reached);
    long now = clock.getAsLong();
    if (now - ticked >= TICK) {
      ticked = now;
      tick(reader, now);
    }
  }

  private void tick(TokenConsumer reader, long now) {
    streams.expire();
    if (now - swept >= SWEEP) {
      swept = now;
      reader.forgetUnread(reached);
    }
    double answered = reader.answers();
    if (answered != answers) {
      answers = answered;
      answeredAt = now;
    }
    if (now - answeredAt > SILENCE) {
      loop.down("the brokers do not answer");
    } else {
      loop.up();
    }
  }

  /** Deadlines pass while there is no broker, too. */
  private Health afterFault(Throwable fault, Health.Down down) {
    streams.expire();
    return down;
  }

  @Override
  public void close() throws InterruptedException {
    loop.close();
  }
}
