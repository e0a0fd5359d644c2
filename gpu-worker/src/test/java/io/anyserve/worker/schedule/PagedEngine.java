package io.anyserve.worker.schedule;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.worker.engine.CacheUse;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.NoRoomException;
import io.anyserve.worker.engine.SequenceRequest;
import io.anyserve.worker.engine.StepListener;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An engine with memory for so many tokens of all its sequences; one alone has always room. */
final class PagedEngine implements Engine {

  /** Not even for one alone, against what is promised. */
  static final int NONE_AT_ALL = 0;

  private final Engine engine;
  private final int room;
  private final Map<Long, Integer> tokens = new HashMap<>();
  int refusals;

  PagedEngine(Engine engine, int room) {
    this.engine = engine;
    this.room = room;
  }

  private int taken() {
    return tokens.values().stream().mapToInt(count -> count).sum();
  }

  @Override
  public Description description() {
    return engine.description();
  }

  @Override
  public Admission admit(SequenceRequest task) {
    Admission admission = engine.admit(task);
    int needed = (int) admission.promptTokens() + task.written().size();
    boolean alone = tokens.isEmpty() && room > NONE_AT_ALL;
    if (!alone && taken() + needed + tokens.size() > room) {
      engine.cancel(task.executionId());
      refusals++;
      throw new NoRoomException();
    }
    tokens.put(task.executionId(), needed);
    return admission;
  }

  @Override
  public TokenIds tokenize(Payload input) {
    return engine.tokenize(input);
  }

  @Override
  public String detokenize(TokenIds ids) {
    return engine.detokenize(ids);
  }

  @Override
  public boolean hasRoom() {
    return tokens.size() <= 1 || taken() + tokens.size() <= room;
  }

  @Override
  public CacheUse cacheUse() {
    return new CacheUse(Math.max(room, taken()), taken(), 0);
  }

  @Override
  public void step(StepListener listener) {
    if (!hasRoom()) {
      throw new AssertionError("a step of " + taken() + " tokens (expected: room, " + room + ")");
    }
    engine.step(new Counting(listener));
  }

  @Override
  public long nanosToNextStep() {
    return engine.nanosToNextStep();
  }

  @Override
  public void cancel(long executionId) {
    tokens.remove(executionId);
    engine.cancel(executionId);
  }

  @Override
  public void close() {
    engine.close();
  }

  private final class Counting implements StepListener {

    private final StepListener listener;

    Counting(StepListener listener) {
      this.listener = listener;
    }

    @Override
    public void tokens(
        long executionId, TokenIds ids, AnswerDelta delta, List<PositionLogprobs> logprobs) {
      tokens.merge(executionId, ids.size(), Integer::sum);
      listener.tokens(executionId, ids, delta, logprobs);
    }

    @Override
    public void payload(long executionId, TokenIds ids, Payload payload) {
      listener.payload(executionId, ids, payload);
    }

    @Override
    public void ended(long executionId, FinishReason reason) {
      tokens.remove(executionId);
      listener.ended(executionId, reason);
    }

    @Override
    public void failed(long executionId, Failure failure) {
      tokens.remove(executionId);
      listener.failed(executionId, failure);
    }
  }
}
