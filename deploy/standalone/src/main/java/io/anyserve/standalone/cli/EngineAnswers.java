package io.anyserve.standalone.cli;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.GenerationParameters;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.SamplingParams;
import io.anyserve.contracts.TokenIds;
import io.anyserve.loadtest.faults.traffic.Answer;
import io.anyserve.loadtest.faults.traffic.Answers;
import io.anyserve.loadtest.faults.traffic.Content;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.StepListener;
import io.anyserve.worker.engine.Task;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an engine writes when it runs one request alone, undisturbed. Owned by the thread that
 * loaded the engine.
 */
final class EngineAnswers implements Answers {

  private static final int REMEMBERED = 512;

  private final Engine engine;
  private final Map<Content, Answer> known =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Content, Answer> eldest) {
          return size() > REMEMBERED;
        }
      };
  private long runs;

  EngineAnswers(Engine engine) {
    this.engine = engine;
  }

  @Override
  public Answer of(Content content) {
    return known.computeIfAbsent(content, this::written);
  }

  private Answer written(Content content) {
    Whole whole = new Whole();
    long prompt = engine.admit(task(content, ++runs)).promptTokens();
    while (!whole.ended) {
      engine.step(whole);
    }
    return new Answer(whole.text.toString(), prompt, whole.tokens);
  }

  private static Task task(Content content, long run) {
    return new Task(
        run,
        new Payload.Text(content.prompt()),
        new GenerationParameters(
            content.maxTokens(),
            new SamplingParams(Content.TEMPERATURE, 1, 0, content.seed()),
            content.stop(),
            false),
        TokenIds.NONE);
  }

  /** Collects one answer. */
  private static final class Whole implements StepListener {

    private final StringBuilder text = new StringBuilder();
    private long tokens;
    private boolean ended;

    @Override
    public void tokens(long run, TokenIds written, String piece) {
      tokens += written.size();
      text.append(piece);
    }

    @Override
    public void payload(long run, TokenIds written, Payload payload) {
      throw new IllegalStateException("payload: " + payload + " (expected: text)");
    }

    @Override
    public void ended(long run, FinishReason reason) {
      ended = true;
    }

    @Override
    public void failed(long run, Failure failure) {
      throw new FailureException(failure.code(), failure.message());
    }
  }
}
