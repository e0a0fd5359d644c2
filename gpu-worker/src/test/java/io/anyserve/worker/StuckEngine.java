package io.anyserve.worker;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineLoader;
import io.anyserve.worker.engine.SequenceRequest;
import io.anyserve.worker.engine.StepListener;
import java.util.concurrent.CountDownLatch;

/** An engine whose step returns when it is let go, as one does that hangs in native code. */
final class StuckEngine implements Engine, EngineLoader {

  private final CountDownLatch stuck = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private volatile boolean closed;

  /** Waits until a step is under way. */
  void awaitStep() throws InterruptedException {
    stuck.await();
  }

  void letGo() {
    released.countDown();
  }

  boolean closed() {
    return closed;
  }

  @Override
  public Description description() {
    return new Description("stuck", "stuck", 2, 0);
  }

  @Override
  public Engine load() {
    return this;
  }

  @Override
  public Admission admit(SequenceRequest task) {
    return new Admission(1, 0);
  }

  @Override
  public TokenIds tokenize(Payload input) {
    return TokenIds.of(1);
  }

  @Override
  public String detokenize(TokenIds tokens) {
    return "";
  }

  @Override
  public void step(StepListener listener) {
    stuck.countDown();
    boolean waiting = true;
    while (waiting) {
      try {
        released.await();
        waiting = false;
      } catch (InterruptedException e) {
        // Native code does not hear it either.
      }
    }
  }

  @Override
  public long nanosToNextStep() {
    return 1_000_000;
  }

  @Override
  public void cancel(long executionId) {}

  @Override
  public void close() {
    closed = true;
  }
}
