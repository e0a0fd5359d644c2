package io.anyserve.ingress.kafka;

import io.anyserve.ingress.response.AssignedPartitions;
import io.anyserve.ingress.response.ResponseStream;
import io.anyserve.runtime.Health;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of one replay consumer. It sleeps while nobody is behind, and survives every fault, of
 * the brokers and of its own: readers wait where they are.
 */
final class ReplayConsumerLoop {

  private static final Logger log = LoggerFactory.getLogger(ReplayConsumerLoop.class);
  private static final long IDLE_MILLIS = 200;
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final Thread thread;
  private final Supplier<Consumer<byte[], byte[]>> connect;
  private final String topic;
  private final AssignedPartitions live;
  private final BlockingQueue<ResponseStream> inbox = new LinkedBlockingQueue<>();
  private final ReplayScheduler passes = new ReplayScheduler();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile @Nullable Consumer<byte[], byte[]> reading;
  private volatile @Nullable String trouble;

  ReplayConsumerLoop(
      String name,
      Supplier<Consumer<byte[], byte[]>> connect,
      String topic,
      AssignedPartitions live) {
    this.thread = new Thread(this::run, name);
    this.connect = connect;
    this.topic = topic;
    this.live = live;
  }

  void add(ResponseStream reply) {
    inbox.add(reply);
  }

  void start() {
    thread.start();
  }

  private boolean isGoing() {
    return stopping.getCount() > 0;
  }

  private void run() {
    try {
      while (isGoing()) {
        if (isNeeded()) {
          connected();
        }
      }
    } catch (InterruptedException e) {
      stopping.countDown();
    }
  }

  /** Waits a moment for work where there is none. */
  private boolean isNeeded() throws InterruptedException {
    if (passes.isEmpty() && inbox.isEmpty()) {
      @Nullable ResponseStream first = inbox.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
      if (first != null) {
        inbox.add(first);
      }
    }
    return !passes.isEmpty() || !inbox.isEmpty();
  }

  private void connected() throws InterruptedException {
    try (Consumer<byte[], byte[]> consumer = connect.get()) {
      reading = consumer;
      var reader = new ReplayConsumer(consumer, topic, passes, live);
      while (isGoing()) {
        if (isNeeded()) {
          reader.step(inbox);
          trouble = null;
        }
      }
    } catch (WakeupException | InterruptException e) {
      stopping.countDown();
    } catch (KafkaException e) {
      log.warn("replaying {} starts again: {}", topic, e.getMessage());
      stopping.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RuntimeException | Error e) {
      log.error("replaying {} starts again after a fault", topic, e);
      trouble = "replaying failed: " + e;
      stopping.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Down from a fault of its own until it reads again. */
  Health health() {
    @Nullable String why = trouble;
    return why == null ? Health.UP : new Health.Down("topic " + topic, why);
  }

  void stop() {
    stopping.countDown();
    @Nullable Consumer<byte[], byte[]> consumer = reading;
    if (consumer != null) {
      consumer.wakeup();
    }
  }

  void join() throws InterruptedException {
    thread.join();
  }
}
