package io.anyserve.worker.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.PositionLogprobs;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rule of takeovers: wherever an answer is cut, what an engine writes behind the tokens so far
 * is what it would have written, event by event.
 */
public final class Continuation {

  private static final TenantId ACME = new TenantId("acme");

  private final Engine engine;
  private long executionId;

  public Continuation(Engine engine) {
    this.engine = engine;
  }

  /** What an engine said of one answer, to its end. */
  public record Answer(
      List<Integer> ids,
      List<String> events,
      List<List<PositionLogprobs>> logprobs,
      FinishReason reason) {

    /** All shown text. */
    public String text() {
      return String.join("", events);
    }
  }

  /** The answer behind what was written. */
  public Answer answer(String prompt, GenerationParameters parameters, List<Integer> written) {
    return answer(new Payload.Text(prompt), parameters, written);
  }

  private Answer answer(Payload input, GenerationParameters parameters, List<Integer> written) {
    var ids = TokenIds.of(written.stream().mapToInt(id -> id).toArray());
    var heard = new RecordingListener(++executionId);
    engine.admit(new SequenceRequest(executionId, ACME, input, parameters, ids));
    for (int step = 0; step < 2_000; step++) {
      engine.step(heard);
      if (heard.reason != null) {
        return new Answer(heard.ids, heard.texts, heard.logprobs, heard.reason);
      }
    }
    throw new AssertionError("no end after 2000 steps (expected: one)");
  }

  /** Cuts an answer behind each of its events; returns the whole of it. */
  public Answer check(String prompt, GenerationParameters parameters) {
    return check(new Payload.Text(prompt), parameters);
  }

  /** As for a text; an event that is more than text has the words of its delta. */
  public Answer check(Payload input, GenerationParameters parameters) {
    Answer whole = answer(input, parameters, List.of());
    for (int cut = 0; cut <= whole.ids().size(); cut++) {
      Answer rest = answer(input, parameters, whole.ids().subList(0, cut));
      String where = parameters + ", cut at " + cut;
      assertEquals(whole.ids().subList(cut, whole.ids().size()), rest.ids(), where);
      assertEquals(whole.events().subList(cut, whole.events().size()), rest.events(), where);
      assertEquals(whole.logprobs().subList(cut, whole.logprobs().size()), rest.logprobs(), where);
      assertEquals(whole.reason(), rest.reason(), where);
    }
    return whole;
  }

  /** Collects one execution; the tokens of an event and its text have the same place. */
  private static final class RecordingListener implements StepListener {

    private final long executionId;
    private final List<Integer> ids = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();
    private final List<List<PositionLogprobs>> logprobs = new ArrayList<>();
    private @Nullable FinishReason reason;

    RecordingListener(long executionId) {
      this.executionId = executionId;
    }

    @Override
    public void tokens(long of, TokenIds tokens, AnswerDelta piece, List<PositionLogprobs> told) {
      assertEquals(executionId, of);
      tokens.stream().forEach(ids::add);
      texts.add(AnswerDelta.text(piece.text()).equals(piece) ? piece.text() : piece.toString());
      logprobs.add(told);
    }

    @Override
    public void payload(long of, TokenIds tokens, Payload payload) {
      throw new AssertionError("payload: " + payload);
    }

    @Override
    public void ended(long of, FinishReason why) {
      assertEquals(executionId, of);
      reason = why;
    }

    @Override
    public void failed(long of, Failure failure) {
      throw new AssertionError(failure.toString());
    }
  }
}
