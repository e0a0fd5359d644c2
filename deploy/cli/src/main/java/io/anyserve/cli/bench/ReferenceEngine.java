package io.anyserve.cli.bench;

import io.anyserve.chaos.client.ExpectedOutput;
import io.anyserve.chaos.client.ExpectedOutputs;
import io.anyserve.chaos.client.PromptSpec;
import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.SequenceRequest;
import io.anyserve.worker.engine.StepListener;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an engine writes when it runs one request alone, undisturbed. Owned by the thread that
 * loaded the engine.
 */
final class ReferenceEngine implements ExpectedOutputs {

  private static final TenantId REFERENCE = new TenantId("reference");

  private static final int REMEMBERED = 512;

  private final Engine engine;
  private final Map<PromptSpec, ExpectedOutput> known =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<PromptSpec, ExpectedOutput> eldest) {
          return size() > REMEMBERED;
        }
      };
  private long runs;

  ReferenceEngine(Engine engine) {
    this.engine = engine;
  }

  @Override
  public ExpectedOutput of(PromptSpec content) {
    return known.computeIfAbsent(content, this::written);
  }

  private ExpectedOutput written(PromptSpec content) {
    Whole whole = new Whole();
    long prompt = engine.admit(task(content, ++runs)).promptTokens();
    while (!whole.ended) {
      engine.step(whole);
    }
    return new ExpectedOutput(whole.text.toString(), prompt, whole.tokens);
  }

  private static SequenceRequest task(PromptSpec content, long run) {
    return new SequenceRequest(
        run,
        REFERENCE,
        content.chat()
            ? new Payload.Chat(List.of(new ChatMessage("user", content.prompt())))
            : new Payload.Text(content.prompt()),
        new GenerationParameters(
            content.maxTokens(),
            new SamplingParams(PromptSpec.TEMPERATURE, 1, 0, content.seed()),
            content.stop(),
            content.ignoreEos()),
        TokenIds.NONE);
  }

  /** Collects one answer. */
  private static final class Whole implements StepListener {

    private final StringBuilder text = new StringBuilder();
    private long tokens;
    private boolean ended;

    @Override
    public void tokens(
        long run, TokenIds written, AnswerDelta piece, List<PositionLogprobs> logprobs) {
      tokens += written.size();
      text.append(piece.text());
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
