package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.worker.engine.SequenceRequest;
import io.anyserve.worker.engine.StepListener;
import io.anyserve.worker.torch.precision.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A prompt that begins like an earlier one: computed in part, answered the same. */
final class PrefixReuseIT {

  private static final TenantId ACME = new TenantId("acme");
  private static final TenantId UMBRELLA = new TenantId("umbrella");
  private static final int SLOTS = 3;
  private static final TorchModel.Options OPTIONS =
      new TorchModel.Options(Precision.F32, SLOTS, 256, 2);

  /** More than two parts of a prompt, a token for each character. */
  private static final String SYSTEM = "0123456789".repeat(14);

  private @TempDir Path folder;
  private long executions;

  @Test
  void anEarlierPromptOfTheTenantIsReused() throws Exception {
    List<String> prompts = List.of(SYSTEM + "first", SYSTEM + "second, longer", SYSTEM);
    TinyModel.write(folder);
    try (TorchEngine engine = TorchEngine.load(folder, OPTIONS)) {
      List<List<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < prompts.size(); i++) {
        assertEquals(i == 0 ? 0 : 128, admit(engine, ACME, prompts.get(i)));
        answers.addAll(answered(engine));
      }
      assertEquals(0, admit(engine, UMBRELLA, prompts.getFirst()));
      assertEquals(answers.subList(0, 1), answered(engine));
      assertEquals(computed(prompts), answers);
    }
  }

  /** The source is a sequence that goes on, and one that has only just begun to read. */
  @Test
  void aPromptInUseIsCopied() throws Exception {
    List<String> prompts = List.of(SYSTEM + "first", SYSTEM + "second", SYSTEM + "third");
    TinyModel.write(folder);
    try (TorchEngine engine = TorchEngine.load(folder, OPTIONS)) {
      var heard = new Heard();
      admit(engine, ACME, prompts.get(0));
      engine.step(heard);
      engine.step(heard);
      assertEquals(128, admit(engine, ACME, prompts.get(1)));
      assertEquals(128, admit(engine, ACME, prompts.get(2)));
      assertEquals(computed(prompts), answered(engine, heard));
    }
  }

  /** What engines without anything to reuse answer. */
  private List<List<Integer>> computed(List<String> prompts) {
    List<List<Integer>> answers = new ArrayList<>();
    for (String prompt : prompts) {
      try (TorchEngine engine = TorchEngine.load(folder, OPTIONS)) {
        admit(engine, ACME, prompt);
        answers.addAll(answered(engine));
      }
    }
    return answers;
  }

  private long admit(TorchEngine engine, TenantId tenant, String prompt) {
    var parameters = new GenerationParameters(9, new SamplingParams(1, 1, 0, 4), List.of(), true);
    var task =
        new SequenceRequest(
            ++executions, tenant, new Payload.Text(prompt), parameters, TokenIds.NONE);
    return engine.admit(task).cachedTokens();
  }

  private static List<List<Integer>> answered(TorchEngine engine) {
    return answered(engine, new Heard());
  }

  private static List<List<Integer>> answered(TorchEngine engine, Heard heard) {
    do {
      engine.step(heard);
    } while (heard.running > 0 || heard.tokens.isEmpty());
    return List.copyOf(heard.tokens.values());
  }

  /** The tokens of executions, in the order in which they came. */
  private static final class Heard implements StepListener {

    private final Map<Long, List<Integer>> tokens = new TreeMap<>();
    private int running;

    @Override
    public void tokens(
        long executionId, TokenIds ids, AnswerDelta piece, List<PositionLogprobs> logprobs) {
      List<Integer> known = tokens.get(executionId);
      if (known == null) {
        known = new ArrayList<>();
        tokens.put(executionId, known);
        running++;
      }
      ids.stream().forEach(known::add);
    }

    @Override
    public void payload(long executionId, TokenIds ids, Payload payload) {
      throw new AssertionError("payload: " + payload);
    }

    @Override
    public void ended(long executionId, FinishReason reason) {
      running--;
    }

    @Override
    public void failed(long executionId, Failure failure) {
      throw new AssertionError(failure.toString());
    }
  }
}
