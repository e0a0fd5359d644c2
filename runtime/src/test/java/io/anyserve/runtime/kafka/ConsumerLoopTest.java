package io.anyserve.runtime.kafka;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.runtime.Health;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The steps of the loops here do what the test says next. */
@Timeout(60)
final class ConsumerLoopTest {

  private static final Health.Down BEFORE = new Health.Down("topic t", "not read to its end yet");
  private static final Duration PAUSE = Duration.ofMillis(1);
  private static final Duration ENDLESS = Duration.ofDays(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();
  private final AtomicInteger faults = new AtomicInteger();
  private final BlockingQueue<ConsumerLoop.Step> steps = new LinkedBlockingQueue<>();
  private @Nullable ConsumerLoop<Closeable> started;

  @AfterEach
  void end() throws InterruptedException {
    if (started != null) {
      started.close(Duration.ofMillis(1));
    }
  }

  @Test
  void itConnectsOnceAndIsDownUntilItsWorkSaysUp() throws Exception {
    ConsumerLoop<Closeable> loop = start(loop(PAUSE));
    steps.add(() -> {});
    done(() -> {});
    assertEquals(BEFORE, loop.health());
    done(loop::up);
    assertEquals(Health.UP, loop.health());
    done(() -> loop.down("the brokers do not answer"));
    assertEquals(new Health.Down("topic t", "the brokers do not answer"), loop.health());
    assertEquals(1, connections.get());
    assertEquals(0, closed.get());
  }

  @Test
  void afterAFaultItClosesTheConnectionAndConnectsAgain() throws Exception {
    start(loop(PAUSE));
    steps.add(fails(new KafkaException("fenced")));
    steps.add(fails(new IllegalStateException("a bug")));
    steps.add(fails(new StackOverflowError("a deep one")));
    steps.add(fails(new IOException("no file")));
    done(() -> {});
    assertEquals(5, connections.get());
    assertEquals(4, closed.get());
    assertEquals(4, faults.get());
  }

  @Test
  void whilePausedItIsDownWithTheTextOfTheFault() throws Exception {
    ConsumerLoop<Closeable> loop = start(loop(ENDLESS));
    done(loop::up);
    steps.add(fails(new KafkaException("fenced")));
    awaitHealth(loop, "fenced");
    loop.close();
    assertEquals(1, connections.get());

    ConsumerLoop<Closeable> other = start(loop(ENDLESS));
    steps.add(fails(new StackOverflowError("a deep one")));
    awaitHealth(other, "java.lang.StackOverflowError: a deep one");

    ConsumerLoop<Closeable> silent = start(loop(ENDLESS));
    steps.add(fails(new WithoutMessage()));
    awaitHealth(silent, WithoutMessage.class.getName());
  }

  @Test
  void afterAFaultItStaysDownUntilItsWorkSaysUp() throws Exception {
    ConsumerLoop<Closeable> loop = start(loop(PAUSE));
    done(loop::up);
    steps.add(fails(new KafkaException("fenced")));
    done(() -> {});
    assertEquals(2, connections.get());
    assertEquals(new Health.Down("topic t", "fenced"), loop.health());
    done(loop::up);
    assertEquals(Health.UP, loop.health());
  }

  @Test
  void itGoesOnAfterFaultsWhileConnectingAndBeginning() throws Exception {
    ConsumerLoop<Closeable> loop =
        start(
            new ConsumerLoop<Closeable>(
                "test-loop",
                BEFORE,
                PAUSE,
                () -> {
                  if (connections.incrementAndGet() == 1) {
                    throw new StackOverflowError("while connecting");
                  }
                  return closed::incrementAndGet;
                },
                connection -> {
                  if (connections.get() == 2) {
                    throw new IOException("while beginning");
                  }
                  return () -> steps.take().run();
                },
                this::onFault));
    done(loop::up);
    assertEquals(3, connections.get());
    assertEquals(1, closed.get());
    assertEquals(2, faults.get());
    assertEquals(Health.UP, loop.health());
  }

  @Test
  void itAsksAgainWhereNothingNeedsAConnectionYet() throws Exception {
    start(
        new ConsumerLoop<Closeable>(
            "test-loop",
            BEFORE,
            ENDLESS,
            () -> connections.incrementAndGet() < 3 ? null : closed::incrementAndGet,
            connection -> () -> steps.take().run(),
            this::onFault));
    done(() -> {});
    assertEquals(3, connections.get());
    assertEquals(0, faults.get());
  }

  @Test
  void whatRunsBeforeAPauseDecidesAboutHealth() throws Exception {
    ConsumerLoop<Closeable> loop =
        start(
            loop(
                ENDLESS,
                (fault, down) -> {
                  faults.incrementAndGet();
                  return Health.UP;
                }));
    steps.add(fails(new KafkaException("the receiver does not answer")));
    await().atMost(PATIENCE).until(() -> loop.health().equals(Health.UP));
    assertEquals(1, faults.get());
  }

  @Test
  void itGoesOnWhenWhatRunsBeforeAPauseFails() throws Exception {
    ConsumerLoop<Closeable> loop =
        start(
            loop(
                PAUSE,
                (fault, down) -> {
                  throw new IllegalStateException("deadlines cannot be watched");
                }));
    steps.add(fails(new KafkaException("fenced")));
    done(() -> {});
    assertEquals(
        new Health.Down("topic t", "java.lang.IllegalStateException: deadlines cannot be watched"),
        loop.health());
    assertEquals(2, connections.get());
  }

  @Test
  void closingWakesUpAConsumerThatPolls() throws Exception {
    WaitingConsumer consumer = new WaitingConsumer();
    var loop =
        new ConsumerLoop<>(
            "test-loop",
            BEFORE,
            PAUSE,
            () -> consumer,
            polled -> polled::awaitWakeup,
            this::onFault);
    loop.start();
    consumer.polled.await();
    loop.close();
    assertTrue(consumer.closed());
    assertEquals(0, faults.get());
    assertEquals(new Health.Down("topic t", "the loop has stopped"), loop.health());
  }

  @Test
  void closingInterruptsAStepThatTakesTooLong() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    ConsumerLoop<Closeable> loop = start(loop(PAUSE));
    steps.add(
        () -> {
          begun.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.set(true);
            throw e;
          }
        });
    begun.await();
    loop.close(Duration.ofMillis(1));
    assertTrue(interrupted.get());
    assertEquals(1, closed.get());
    assertEquals(0, faults.get());
  }

  @Test
  void closingWaitsForTheStepUnderWay() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    ConsumerLoop<Closeable> loop = start(loop(PAUSE));
    steps.add(
        () -> {
          begun.countDown();
          mayEnd.await();
          ended.set(true);
        });
    begun.await();
    Thread closing = Thread.ofPlatform().start(() -> close(loop));
    await().atMost(PATIENCE).until(() -> closing.getState() == Thread.State.TIMED_WAITING);
    mayEnd.countDown();
    closing.join();
    assertTrue(ended.get());
    assertEquals(1, closed.get());
  }

  @Test
  void closedBeforeItStartsItNeverConnects() throws Exception {
    ConsumerLoop<Closeable> loop = loop(PAUSE);
    loop.close();
    loop.close(PATIENCE);
    assertEquals(BEFORE, loop.health());
    loop.start();
    awaitHealth(loop, "the loop has stopped");
    assertEquals(0, connections.get());
  }

  @Test
  void closedWhileItConnectsItDoesNotBegin() throws Exception {
    CountDownLatch connecting = new CountDownLatch(1);
    CountDownLatch mayConnect = new CountDownLatch(1);
    AtomicBoolean begun = new AtomicBoolean();
    ConsumerLoop<Closeable> loop =
        start(
            new ConsumerLoop<Closeable>(
                "test-loop",
                BEFORE,
                PAUSE,
                () -> {
                  connecting.countDown();
                  mayConnect.await();
                  return closed::incrementAndGet;
                },
                connection -> {
                  begun.set(true);
                  return () -> steps.take().run();
                },
                this::onFault));
    connecting.await();
    Thread closing = Thread.ofPlatform().start(() -> close(loop));
    await().atMost(PATIENCE).until(() -> closing.getState() == Thread.State.TIMED_WAITING);
    mayConnect.countDown();
    closing.join();
    assertFalse(begun.get());
    assertEquals(1, closed.get());
  }

  @Test
  void aThreadThatDiedIsDownWhateverItsWorkSaidBefore() throws Exception {
    ConsumerLoop<Closeable> loop = start(loop(PAUSE));
    done(loop::up);
    steps.add(fails(new InterruptedException("not by a close")));
    awaitHealth(loop, "the loop has stopped");
    assertEquals(1, closed.get());
    assertEquals(1, connections.get());
  }

  @Test
  void aThreadThatDiesWhilePausedIsDown() throws Exception {
    ConsumerLoop<Closeable> loop =
        start(
            loop(
                ENDLESS,
                (fault, down) -> {
                  Thread.currentThread().interrupt();
                  return Health.UP;
                }));
    steps.add(fails(new KafkaException("fenced")));
    awaitHealth(loop, "the loop has stopped");
  }

  private ConsumerLoop<Closeable> loop(Duration pause) {
    return loop(pause, this::onFault);
  }

  private ConsumerLoop<Closeable> loop(Duration pause, ConsumerLoop.OnFault onFault) {
    return new ConsumerLoop<>(
        "test-loop",
        BEFORE,
        pause,
        () -> {
          connections.incrementAndGet();
          return closed::incrementAndGet;
        },
        connection -> () -> steps.take().run(),
        onFault);
  }

  private Health onFault(Throwable fault, Health.Down down) {
    faults.incrementAndGet();
    return down;
  }

  private ConsumerLoop<Closeable> start(ConsumerLoop<Closeable> loop) throws InterruptedException {
    end();
    started = loop;
    loop.start();
    return loop;
  }

  /** Returns when the loop has done that as a step, and all steps before it. */
  private void done(ConsumerLoop.Step step) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    steps.add(
        () -> {
          step.run();
          done.countDown();
        });
    done.await();
  }

  private static ConsumerLoop.Step fails(Throwable fault) {
    return () -> {
      switch (fault) {
        case Exception thrown -> throw thrown;
        case Error thrown -> throw thrown;
        default -> throw new AssertionError(fault);
      }
    };
  }

  private static void awaitHealth(ConsumerLoop<?> loop, String why) {
    await().atMost(PATIENCE).until(() -> loop.health().equals(new Health.Down("topic t", why)));
  }

  private static void close(ConsumerLoop<?> loop) {
    try {
      loop.close(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class WithoutMessage extends KafkaException {
    private static final long serialVersionUID = 1;
  }

  /** Waits until it is woken up, as a real one does when it polls. */
  private static final class WaitingConsumer extends MockConsumer<byte[], byte[]> {

    private final CountDownLatch polled = new CountDownLatch(1);
    private final CountDownLatch awake = new CountDownLatch(1);

    WaitingConsumer() {
      super("earliest");
    }

    void awaitWakeup() throws InterruptedException {
      polled.countDown();
      awake.await();
      throw new WakeupException();
    }

    @Override
    public synchronized void wakeup() {
      awake.countDown();
    }
  }
}
