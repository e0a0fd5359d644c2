package io.anyserve.worker.torch.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.worker.torch.model.ModelConfig.LayerType;
import io.anyserve.worker.torch.model.ModelConfig.NormPlacement;
import io.anyserve.worker.torch.model.ModelConfig.Positions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configurations as model hubs have them. */
class ModelConfigTest {

  private static final Path CONFIGS =
      Path.of("src", "test", "resources", "io", "anyserve", "worker", "torch", "configs");

  private static final String SIZES =
      """
      "hidden_size": 32, "num_hidden_layers": 4, "num_attention_heads": 4, "num_key_value_heads": 2,
      "intermediate_size": 48, "vocab_size": 80, "max_position_embeddings": 256,
      "rms_norm_eps": 1e-06, "rope_theta": 10000.0
      """;

  private @TempDir Path folder;

  @Test
  void readsQwen() {
    ModelConfig config = ModelConfig.readFile(CONFIGS.resolve("qwen2.5-0.5b-instruct.json"));
    assertEquals(ModelConfig.qwen2HalfBillion(), config);
  }

  @Test
  void readsPhi() {
    ModelConfig config = ModelConfig.readFile(CONFIGS.resolve("phi-3.5-mini-instruct.json"));
    assertEquals(new ModelConfig.Size(3072, 32, 32064, 131072), config.size());
    assertTrue(config.attention().projection().fused());
    Positions positions = config.attention().positions();
    assertEquals(false, positions.anySlides(), "a window longer than the longest text is none");
    Rope.Angles within = positions.rope().angles(4096);
    Rope.Angles beyond = positions.rope().angles(4097);
    assertEquals(1, within.divisors().getFirst());
    assertEquals(1.08, beyond.divisors().getFirst(), 1e-6);
    assertEquals(1.1902380714238083, within.magnitude(), 1e-12);
    assertEquals(within.magnitude(), beyond.magnitude());
  }

  @Test
  void readsGemma() throws IOException {
    ModelConfig config =
        read(
            """
            {"model_type": "gemma2", "head_dim": 16, "hidden_activation": "gelu_pytorch_tanh",
             "query_pre_attn_scalar": 64, "sliding_window": 8, "attn_logit_softcapping": 50.0,
             "final_logit_softcapping": null, %s}
            """);
    assertEquals(NormPlacement.AROUND, config.norms().placement());
    assertEquals(OptionalDouble.of(0.125), config.attention().scores().scale());
    assertEquals(OptionalDouble.of(50), config.attention().scores().softCap());
    assertEquals(OptionalDouble.empty(), config.embeddings().softCap());
    assertTrue(config.embeddings().tiedHead());
    assertEquals(
        List.of(LayerType.SLIDING, LayerType.FULL, LayerType.SLIDING, LayerType.FULL),
        config.attention().positions().layers());
  }

  @Test
  void missingKeysMeanWhatTransformersTakesThemFor() throws IOException {
    ModelConfig phi = read("{\"model_type\": \"phi3\", %s}");
    assertEquals(false, phi.attention().positions().anySlides());
    assertEquals(8, phi.attention().headSize());
    ModelConfig gemma =
        read(
            """
            {"model_type": "gemma3_text", "head_dim": 16, "hidden_activation": "gelu_pytorch_tanh",
             "query_pre_attn_scalar": 16, "sliding_window": 8, "rope_local_base_freq": 1000.0, %s}
            """);
    assertEquals(OptionalDouble.empty(), gemma.embeddings().softCap());
    assertEquals(OptionalDouble.empty(), gemma.attention().scores().scale());
    assertTrue(gemma.attention().positions().allSlide());
    assertEquals(2, gemma.attention().positions().ropes().size());
  }

  /** Where the scaling is made for longer texts than the file states. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"type": "linear", "factor": 4}                                          | 256
          {"type": "dynamic", "factor": 4}                                         | 1024
          {"type": "yarn", "factor": 4, "original_max_position_embeddings": 128}   | 512
          {"type": "yarn", "factor": 4, "original_max_position_embeddings": 64}    | 256
          """)
  void theScalingDecidesHowLongATextMayBe(String scaling, int maxLength) throws IOException {
    String text = "{\"model_type\": \"llama\", \"rope_scaling\": " + scaling + ", %s}";
    assertEquals(maxLength, read(text).maxLength());
  }

  @Test
  void theBaseGrowsWithTheContextBeyondTheTrainedLength() {
    var rope = new Rope(10000, 16, new RopeScaling.Dynamic(4, 256));
    assertEquals(10000, rope.angles(100).base());
    assertEquals(10000, rope.angles(256).base());
    assertEquals(10000 * Math.pow(5, 16 / 14.0), rope.angles(512).base(), 1e-6);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "model_type": "mistral"                              | sliding_window: missing (expected: a number > 0 or null)
          "model_type": "mistral", "sliding_window": null, "attention_bias": true | attention_bias: true (expected: one of [false])
          "model_type": "qwen3"                                | head_dim: missing (expected: an integer >= 1)
          "model_type": "gemma2", "head_dim": 16               | sliding_window: missing (expected: an integer >= 1)
          "model_type": "gemma3"                               | model_type: "gemma3" (expected: one of [
          "model_type": "phi3", "sliding_window": null, "partial_rotary_factor": 1.5 | partial_rotary_factor: 1.5 (expected: at most 1)
          "model_type": "qwen2", "use_sliding_window": true, "sliding_window": 4, "layer_types": ["full_attention"] | layer_types: ["full_attention"] (expected: one type for each of 4 layers)
          "model_type": "qwen2", "use_sliding_window": true, "sliding_window": 4, "layer_types": ["a", "a", "a", "a"] | layer_types: "a" (expected: full_attention or sliding_attention)
          """)
  void refusesWhatAnArchitectureDoesNotHave(String keys, String message) {
    var failure = assertThrows(InvalidModelException.class, () -> read("{" + keys + ", %s}"));
    assertTrue(failure.getMessage().contains(message), failure.getMessage());
  }

  private ModelConfig read(String json) throws IOException {
    Path file = folder.resolve("config.json");
    Files.writeString(file, json.formatted(SIZES));
    return ModelConfig.readFile(file);
  }
}
