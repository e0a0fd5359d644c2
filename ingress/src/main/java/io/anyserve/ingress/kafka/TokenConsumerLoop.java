package io.anyserve.ingress.kafka;

import io.anyserve.ingress.response.AssignedPartitions;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
          "max.poll.records", "2000",
          "default.api.timeout.ms", "5000");

  private static final Logger log = LoggerFactory.getLogger(TokenConsumerLoop.class);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final long TICK = Duration.ofMillis(50).toNanos();
  private static final long SWEEP = Duration.ofSeconds(1).toNanos();
  private static final long SILENCE = Duration.ofSeconds(3).toNanos();

  private final Supplier<Consumer<byte[], byte[]>> connect;
  private final Place place;
  private final ResponseStreams replies;
  private final AssignedPartitions partitions;
  private final TokenConsumerMetrics meters;
  private final LongSupplier clock;
  private final Thread thread = new Thread(this::run, "token-listener");
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Map<TopicPartition, Long> reached = new HashMap<>();
  private long ticked;
  private long swept;
  private double answers;
  private long answeredAt;
  private volatile @Nullable String trouble = "not connected yet";
  private volatile @Nullable Consumer<byte[], byte[]> reading;

  /**
   * What is read.
   *
   * @param instance whose name's hash chooses the partitions
   * @param partitions how many
   */
  public record Place(String topic, String instance, int partitions) {}

  /**
   * Not connected yet.
   *
   * @param connect makes a consumer with {@link #CONSUMER_SETTINGS}
   * @param clock nanoseconds
   */
  public TokenConsumerLoop(
      Supplier<Consumer<byte[], byte[]>> connect,
      Place place,
      ResponseStreams replies,
      AssignedPartitions partitions,
      TokenConsumerMetrics meters,
      LongSupplier clock) {
    this.connect = connect;
    this.place = place;
    this.replies = replies;
    this.partitions = partitions;
    this.meters = meters;
    this.clock = clock;
  }

  @Override
  public void start() {
    thread.start();
  }

  @Override
  public Health health() {
    @Nullable String why = trouble;
    return why == null ? Health.UP : new Health.Down("topic " + place.topic(), why);
  }

  private void run() {
    while (stopping.getCount() > 0) {
      try (Consumer<byte[], byte[]> consumer = connect.get()) {
        reading = consumer;
        listen(new TokenConsumer(consumer, place.topic(), replies, partitions, meters));
      } catch (WakeupException | InterruptException e) {
        stopping.countDown();
      } catch (KafkaException e) {
        trouble = String.valueOf(e.getMessage());
        log.warn("reading {} starts again: {}", place.topic(), e.getMessage());
        pause();
      } catch (RuntimeException | Error e) {
        trouble = "the reader failed: " + e;
        log.error("reading {} starts again after a fault", place.topic(), e);
        pause();
      }
    }
    trouble = "the reader has stopped";
  }

  private void listen(TokenConsumer reader) {
    reader.begin(place.instance(), place.partitions(), reached);
    answeredAt = clock.getAsLong();
    trouble = null;
    while (stopping.getCount() > 0) {
      reader.step(POLL, reached);
      long now = clock.getAsLong();
      if (now - ticked >= TICK) {
        ticked = now;
        tick(reader, now);
      }
    }
  }

  private void tick(TokenConsumer reader, long now) {
    replies.expire();
    if (now - swept >= SWEEP) {
      swept = now;
      reader.forgetUnread(reached);
    }
    double answered = reader.answers();
    if (answered != answers) {
      answers = answered;
      answeredAt = now;
    }
    trouble = now - answeredAt > SILENCE ? "the brokers do not answer" : null;
  }

  /** Deadlines pass while there is no broker, too. */
  private void pause() {
    try {
      replies.expire();
      stopping.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      stopping.countDown();
    } catch (RuntimeException | Error e) {
      trouble = "deadlines cannot be watched: " + e;
    }
  }

  @Override
  public void close() throws InterruptedException {
    stopping.countDown();
    @Nullable Consumer<byte[], byte[]> consumer = reading;
    if (consumer != null) {
      consumer.wakeup();
    }
    thread.join();
  }
}
