package io.anyserve.runtime.kafka;

import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that connects, mostly a Kafka consumer, and works with the connection step by step until
 * it is closed. After a fault, an Error included, it closes the connection, pauses and connects
 * again; only an interrupt ends it early.
 *
 * <p>Health:
 *
 * <ul>
 *   <li>down for the given reason until the work says {@link #up}
 *   <li>after a fault down with its text, unless {@link OnFault} says otherwise, until the work
 *       says {@link #up}
 *   <li>down when the thread has ended, whatever was said before
 * </ul>
 *
 * <p>The thread is a daemon: a component that nobody closed does not keep a process from ending.
 *
 * @param <C> the connection; a {@link Consumer} is woken up by {@link #close()}
 */
public final class ConsumerLoop<C extends AutoCloseable> implements Component {

  /** Makes connections. */
  public interface Connector<C> {

    /** Returns null where nothing needs a connection yet: it is asked again at once. */
    @Nullable C connect() throws Exception;
  }

  /** What is done with connections. */
  public interface StepFactory<C> {

    /** Prepares a new connection; returns what is repeated with it. */
    Step begin(C connection) throws Exception;
  }

  /**
   * A little work. The loop ends between two steps: a step waits for moments only, or in the poll
   * of a {@link Consumer}, which {@link #close()} ends however long it is.
   */
  public interface Step {
    void run() throws Exception;
  }

  /** Runs before each pause. */
  public interface OnFault {

    /**
     * Returns the health until the work says otherwise.
     *
     * @param down what it is unless there is a reason for something else
     */
    Health health(Throwable fault, Health.Down down);
  }

  private static final Logger log = LoggerFactory.getLogger(ConsumerLoop.class);

  private final Thread thread;
  private final String part;
  private final Duration pause;
  private final Connector<C> connector;
  private final StepFactory<C> work;
  private final OnFault onFault;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile Health health;
  private volatile @Nullable C connection;

  /**
   * Not started. The thread calls whatever is handed over here.
   *
   * @param name of the thread
   * @param before its health until the work says otherwise
   * @param pause between a fault and the next connection
   */
  public ConsumerLoop(
      String name,
      Health.Down before,
      Duration pause,
      Connector<C> connector,
      StepFactory<C> work,
      OnFault onFault) {
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    this.part = before.part();
    this.health = before;
    this.pause = pause;
    this.connector = connector;
    this.work = work;
    this.onFault = onFault;
  }

  @Override
  public void start() {
    thread.start();
  }

  @Override
  public Health health() {
    return thread.getState() == Thread.State.TERMINATED
        ? new Health.Down(part, "the loop has stopped")
        : health;
  }

  /** It does its work now. */
  public void up() {
    health = Health.UP;
  }

  /** It does not do its work now, though no fault ended it. */
  public void down(String why) {
    health = new Health.Down(part, why);
  }

  private void run() {
    try {
      while (isRunning()) {
        connectAndWork();
      }
    } catch (WakeupException | InterruptException | InterruptedException e) {
      if (isRunning()) {
        log.error("{} was interrupted and has stopped; restart the process", name(), e);
      }
    }
  }

  private boolean isRunning() {
    return stopping.getCount() > 0;
  }

  private String name() {
    return thread.getName() + " (" + part + ")";
  }

  private void connectAndWork() throws InterruptedException {
    try (@Nullable C opened = connector.connect()) {
      connection = opened;
      if (opened != null && isRunning()) {
        repeat(work.begin(opened));
      }
    } catch (WakeupException | InterruptException | InterruptedException e) {
      throw e;
    } catch (KafkaException e) {
      log.warn("{} failed and restarts in {}: {}", name(), pause, text(e));
      pauseAfter(e);
    } catch (Exception | Error e) {
      log.error("{} failed and restarts in {}", name(), pause, e);
      pauseAfter(e);
    }
  }

  private void repeat(Step step) throws Exception {
    while (isRunning()) {
      step.run();
    }
  }

  private void pauseAfter(Throwable fault) throws InterruptedException {
    health = healthAfter(fault);
    boolean _ = stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private Health healthAfter(Throwable fault) {
    try {
      return onFault.health(fault, new Health.Down(part, text(fault)));
    } catch (RuntimeException | Error e) {
      log.error("{} failed while it waited for its restart", name(), e);
      return new Health.Down(part, text(e));
    }
  }

  private static String text(Throwable fault) {
    return fault instanceof KafkaException
        ? Objects.requireNonNullElseGet(fault.getMessage(), fault::toString)
        : fault.toString();
  }

  /** Returns when the step under way is done and the connection closed. */
  @Override
  public void close() throws InterruptedException {
    stop();
    thread.join();
  }

  /** Interrupts the step under way when it takes longer than {@code timeout}. */
  public void close(Duration timeout) throws InterruptedException {
    stop();
    if (thread.isAlive() && !thread.join(timeout)) {
      thread.interrupt();
      thread.join();
    }
  }

  private void stop() {
    stopping.countDown();
    if (connection instanceof Consumer<?, ?> consumer) {
      consumer.wakeup();
    }
  }
}
