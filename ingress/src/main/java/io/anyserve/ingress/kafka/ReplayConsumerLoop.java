package io.anyserve.ingress.kafka;

import io.anyserve.ingress.response.AssignedPartitions;
import io.anyserve.ingress.response.ResponseStream;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.ConsumerLoop;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * The thread of one replay consumer. It sleeps while nobody is behind, and survives every fault, of
 * the brokers and of its own: readers wait where they are.
 */
final class ReplayConsumerLoop implements Component {

  private static final long IDLE_SECONDS = 60;

  /** A step under way may take that long when the loop is closed. */
  private static final Duration LAST_STEP = Duration.ofMillis(50);

  private static final Duration PAUSE = Duration.ofMillis(500);

  private final String topic;
  private final AssignedPartitions live;
  private final Counter records;
  private final BlockingQueue<ResponseStream> inbox = new LinkedBlockingQueue<>();
  private final ReplayScheduler passes = new ReplayScheduler();
  private final ConsumerLoop<Consumer<byte[], byte[]>> loop;

  ReplayConsumerLoop(
      String name,
      Supplier<Consumer<byte[], byte[]>> connect,
      String topic,
      AssignedPartitions live,
      Counter records) {
    this.topic = topic;
    this.live = live;
    this.records = records;
    this.loop =
        new ConsumerLoop<>(
            name,
            new Health.Down("topic " + topic, "not connected yet"),
            PAUSE,
            () -> isNeeded() ? connect.get() : null,
            this::begin,
            this::healthAfter);
    loop.up();
  }

  void add(ResponseStream stream) {
    inbox.add(stream);
  }

  @Override
  public void start() {
    loop.start();
  }

  /** Waits a moment for work where there is none. */
  private boolean isNeeded() throws InterruptedException {
    if (passes.isEmpty() && inbox.isEmpty()) {
      @Nullable ResponseStream first = inbox.poll(IDLE_SECONDS, TimeUnit.SECONDS);
      if (first != null) {
        inbox.add(first);
      }
    }
    return !passes.isEmpty() || !inbox.isEmpty();
  }

  private ConsumerLoop.Step begin(Consumer<byte[], byte[]> consumer) {
    var reader = new ReplayConsumer(consumer, topic, passes, live, records);
    return () -> {
      if (isNeeded()) {
        reader.step(inbox);
        loop.up();
      }
    };
  }

  /** Readers wait while brokers do not answer; the ingress serves everybody else meanwhile. */
  private Health healthAfter(Throwable fault, Health.Down down) {
    return fault instanceof KafkaException ? loop.health() : down;
  }

  /** Up before it is needed. Down from a fault of its own until it reads again. */
  @Override
  public Health health() {
    return loop.health();
  }

  @Override
  public void close() throws InterruptedException {
    loop.close(LAST_STEP);
  }
}
