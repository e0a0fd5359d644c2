package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.RequestedSampling;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.worker.engine.Continuation;
import io.anyserve.worker.engine.Continuation.Answer;
import io.anyserve.worker.torch.model.GenerationConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a request leaves out of its sampling comes from the model's generation_config.json. */
class SamplingDefaultsIT {

  private static final Path STORY = Path.of("models", "story");
  private static final String PROMPT = "Once upon a time";
  private static final int TOKENS = 40;
  private static final long SEED = 7;

  private @TempDir Path folder;

  @Test
  void theShippedModelDrawsAsItsFileSays() {
    try (TorchEngine engine = load(STORY)) {
      var continuation = new Continuation(engine);
      Answer left = continuation.check(PROMPT, open());
      assertEquals(left, answer(continuation, new SamplingParams(0.7, 0.95, 0, SEED)));
      assertNotEquals(left.ids(), answer(continuation, new SamplingParams(1, 1, 0, SEED)).ids());
      assertNotEquals(left.ids(), answer(continuation, SamplingParams.GREEDY).ids());
    }
  }

  @Test
  void anotherWorkerWithTheSameModelGivesTheSameAnswer() {
    Answer first;
    try (TorchEngine engine = load(STORY)) {
      first = new Continuation(engine).answer(PROMPT, open(), List.of());
    }
    try (TorchEngine engine = load(STORY)) {
      List<Integer> written = first.ids().subList(0, TOKENS / 2);
      Answer rest = new Continuation(engine).answer(PROMPT, open(), written);
      assertEquals(first.ids().subList(TOKENS / 2, TOKENS), rest.ids());
    }
  }

  @Test
  void aModelThatDoesNotSampleIsGreedyUnlessTheCallerAsksForMore() throws IOException {
    TinyModel.write(folder);
    Files.writeString(
        folder.resolve(GenerationConfig.FILE), "{\"do_sample\": false, \"top_k\": 20}");
    try (TorchEngine engine = load(folder)) {
      var continuation = new Continuation(engine);
      Answer left = continuation.answer(PROMPT, open(), List.of());
      assertEquals(left, answer(continuation, SamplingParams.GREEDY));
      Answer warm = continuation.answer(PROMPT, parameters(temperature(1)), List.of());
      assertEquals(warm, answer(continuation, new SamplingParams(1, 1, 20, SEED)));
      assertNotEquals(left.ids(), warm.ids());
    }
  }

  private static TorchEngine load(Path model) {
    return TorchEngine.load(model, TorchModel.Options.defaults(2, 128));
  }

  private static Answer answer(Continuation continuation, SamplingParams sampling) {
    return continuation.answer(PROMPT, parameters(RequestedSampling.of(sampling)), List.of());
  }

  private static GenerationParameters open() {
    return parameters(RequestedSampling.seeded(SEED));
  }

  private static GenerationParameters parameters(RequestedSampling sampling) {
    return new GenerationParameters(TOKENS, sampling, List.of(), true);
  }

  private static RequestedSampling temperature(double temperature) {
    return new RequestedSampling(
        OptionalDouble.of(temperature),
        OptionalDouble.empty(),
        OptionalInt.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        SEED);
  }
}
