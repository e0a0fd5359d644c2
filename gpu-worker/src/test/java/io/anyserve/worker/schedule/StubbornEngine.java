package io.anyserve.worker.schedule;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.SequenceRequest;
import io.anyserve.worker.engine.StepListener;

/** An engine that breaks when a sequence is to leave it. */
record StubbornEngine(Engine engine) implements Engine {

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
    engine.step(listener);
  }

  @Override
  public long nanosToNextStep() {
    return engine.nanosToNextStep();
  }

  @Override
  public void cancel(long executionId) {
    throw new StackOverflowError("the engine does not let " + executionId + " go");
  }

  @Override
  public void close() {
    engine.close();
  }
}
