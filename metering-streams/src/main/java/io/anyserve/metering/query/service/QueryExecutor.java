package io.anyserve.metering.query.service;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.metering.query.UsageCaller;
import io.anyserve.runtime.Component;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The threads that read stores: few, with a short queue, as reading takes processor time from
 * counting. What other instances ask has threads of its own: those never wait for another instance,
 * so that two instances cannot wait for each other. Thread-safe.
 */
public final class QueryExecutor implements Component {

  private static final int THREADS = 4;
  private static final int WAITING = 256;
  private static final int IDLE_SECONDS = 30;
  private static final int CLOSE_SECONDS = 5;

  private final ExecutorService own = threads("usage-query");
  private final ExecutorService forwarded = threads("usage-forwarded");

  private static ExecutorService threads(String name) {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            Thread.ofPlatform().daemon().name(name + "-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  @Override
  public void start() {}

  /** Throws OVERLOADED when too much waits. */
  public void run(UsageCaller asker, Runnable work) {
    try {
      (asker.forwarded() ? forwarded : own).execute(work);
    } catch (RejectedExecutionException e) {
      throw new FailureException(
          own.isShutdown() ? FailureCode.SHUTTING_DOWN : FailureCode.OVERLOADED,
          "usage: " + WAITING + " questions wait (expected: fewer)",
          e);
    }
  }

  /** Waits for the answer. */
  public <T> T call(UsageCaller asker, Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    run(
        asker,
        () -> {
          try {
            answer.complete(question.get());
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    try {
      return answer.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  @Override
  public void close() throws InterruptedException {
    own.shutdown();
    forwarded.shutdown();
    own.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    forwarded.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    own.shutdownNow();
    forwarded.shutdownNow();
  }
}
