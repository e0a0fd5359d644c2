package io.anyserve.worker;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineLoader;
import io.anyserve.worker.engine.SequenceRequest;
import io.anyserve.worker.engine.StepListener;

/** An engine that admits sequences and takes no step before it is resumed. */
final class PausedEngine implements Engine {

  private final Engine engine;
  private volatile boolean resumed;

  PausedEngine(Engine engine) {
    this.engine = engine;
  }

  EngineLoader loader() {
    return new EngineLoader() {
      @Override
      public Description description() {
        return engine.description();
      }

      @Override
      public Engine load() {
        return PausedEngine.this;
      }
    };
  }

  void resume() {
    resumed = true;
  }

  @Override
  public Description description() {
    return engine.description();
  }

  @Override
  public Admission admit(SequenceRequest task) {
    return engine.admit(task);
  }

  @Override
  public TokenIds tokenize(Payload input) {
    return engine.tokenize(input);
  }

  @Override
  public String detokenize(TokenIds tokens) {
    return engine.detokenize(tokens);
  }

  @Override
  public void step(StepListener listener) {
    if (resumed) {
      engine.step(listener);
    }
  }

  @Override
  public long nanosToNextStep() {
    return 1_000_000;
  }

  @Override
  public void cancel(long executionId) {
    engine.cancel(executionId);
  }

  @Override
  public void close() {
    engine.close();
  }
}
