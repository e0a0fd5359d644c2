package io.anyserve.worker.torch.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.sampling.Penalties;
import io.anyserve.contracts.sampling.SamplingDefaults;
import io.anyserve.contracts.sampling.Truncation;
import io.anyserve.worker.torch.TinyModel;
import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.model.ModelMetadata;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The metadata of each architecture as the keys of config.json. */
final class GgufConfigTest {

  private @TempDir Path folder;
  private Path path;

  @BeforeEach
  void name() {
    path = folder.resolve("model.gguf");
  }

  @Test
  void theTinyModelIsTheFolders() throws IOException {
    writer("qwen2").tensor("blk.0.attn_q.bias", new float[64], 64).write(path);
    ModelMetadata files = ModelMetadata.of(new GgufModel(path));
    assertEquals("model", files.name());
    assertEquals(TinyModel.CONFIG, files.config());
    assertEquals(Set.of(TinyModel.END, TinyModel.END_OF_TEXT), files.generation().endTokens());
    assertEquals(SamplingDefaults.NEUTRAL, files.generation().sampling());
    assertEquals("<|im_end|>", files.chatFormat().orElseThrow().endToken());
    assertEquals("", files.chatFormat().orElseThrow().beginToken());
  }

  @Test
  void samplingIsWhatTheFileRecommends() throws IOException {
    writer("qwen2")
        .put("general.sampling.temp", 0.6f)
        .put("general.sampling.top_p", 0.95f)
        .put("general.sampling.top_k", 20)
        .put("general.sampling.min_p", 0.05f)
        .remove("tokenizer.chat_template")
        .write(path);
    ModelMetadata files = ModelMetadata.of(new GgufModel(path));
    assertEquals(
        new SamplingDefaults(0.6, new Truncation(0.95, 20, 0.05, 1), Penalties.NONE),
        files.generation().sampling());
    assertTrue(files.chatFormat().isEmpty());
  }

  @Test
  void anOwnHeadIsNotTied() throws IOException {
    writer("llama").tensor("output.weight", new float[264 * 64], 264, 64).write(path);
    JsonNode json = config();
    assertEquals("llama", json.get("model_type").stringValue());
    assertEquals(false, json.get("tie_word_embeddings").booleanValue());
    assertEquals(false, json.get("attention_bias").booleanValue());
  }

  @Test
  void llamaKeepsItsScalingAsFactors() throws IOException {
    float[] factors = {1, 1, 1, 1, 1, 5.9999995f, 8, 8};
    for (int i = 0; i < factors.length; i++) {
      factors[i] = factor(Math.pow(500_000, i / 8.0), 8);
    }
    writer("llama")
        .put("llama.rope.freq_base", 500_000f)
        .tensor("rope_freqs.weight", factors, factors.length)
        .write(path);
    JsonNode scaling = config().get("rope_scaling");
    assertEquals(
        "{\"rope_type\":\"llama3\",\"factor\":8.0,\"low_freq_factor\":1.0,\"high_freq_factor\":4.0,"
            + "\"original_max_position_embeddings\":8192}",
        scaling.toString());
    factors[0] = 2;
    writer("llama")
        .put("llama.rope.freq_base", 500_000f)
        .tensor("rope_freqs.weight", factors, factors.length)
        .write(path);
    assertRefused("rope_freqs.weight: 2.0 at 0 (expected: the factors of Llama 3, here 1.0)");
  }

  /** As transformers computes it, by wavelengths. */
  private static float factor(double period, double factor) {
    double wave = 2 * Math.PI * period;
    if (wave < 8192 / 4.0) {
      return 1;
    }
    if (wave > 8192) {
      return (float) factor;
    }
    double smooth = (8192 / wave - 1) / 3;
    return (float) (1 / ((1 - smooth) / factor + smooth));
  }

  @Test
  void otherScalingHasItsParameters() throws IOException {
    writer("qwen2")
        .put("qwen2.rope.scaling.type", "yarn")
        .put("qwen2.rope.scaling.factor", 4f)
        .put("qwen2.rope.scaling.original_context_length", 32768)
        .write(path);
    assertEquals(
        "{\"rope_type\":\"yarn\",\"factor\":4.0,\"original_max_position_embeddings\":32768}",
        config().get("rope_scaling").toString());
    writer("qwen2").put("qwen2.rope.scaling.type", "odd").write(path);
    assertRefused("qwen2.rope.scaling.type: odd (expected: one of [none, linear, yarn, longrope])");
  }

  @Test
  void phiTurnsAPartAndScalesByTwoTables() throws IOException {
    writer("phi3")
        .put("phi3.rope.dimension_count", 12)
        .put("phi3.rope.scaling.original_context_length", 4096)
        .put("phi3.attention.sliding_window", 2047)
        .tensor("rope_factors_long.weight", new float[] {1, 2, 3, 4, 5, 6.5f}, 6)
        .tensor("rope_factors_short.weight", new float[] {1, 1, 1, 1, 1, 1.1f}, 6)
        .write(path);
    JsonNode json = config();
    assertEquals(0.75, json.get("partial_rotary_factor").doubleValue());
    assertEquals(4096, json.get("original_max_position_embeddings").intValue());
    assertEquals(2047, json.get("sliding_window").intValue());
    assertEquals(
        "{\"rope_type\":\"longrope\",\"type\":\"longrope\",\"long_factor\":[1.0,2.0,3.0,4.0,5.0,6.5],"
            + "\"short_factor\":[1.0,1.0,1.0,1.0,1.0,1.1]}",
        json.get("rope_scaling").toString());
  }

  @Test
  void gemmaHasWindowsCapsAndAScaleOfItsOwn() throws IOException {
    writer("gemma2")
        .put("gemma2.attention.key_length", 32)
        .put("gemma2.attention.value_length", 32)
        .put("gemma2.attn_logit_softcapping", 50f)
        .put("gemma2.final_logit_softcapping", 30f)
        .put("gemma2.attention.sliding_window", 4096)
        .write(path);
    JsonNode json = config();
    assertEquals(32, json.get("head_dim").intValue());
    assertEquals(32, json.get("query_pre_attn_scalar").intValue());
    assertEquals(50, json.get("attn_logit_softcapping").doubleValue());
    assertEquals(30, json.get("final_logit_softcapping").doubleValue());
    assertEquals("[\"sliding_attention\",\"full_attention\"]", json.get("layer_types").toString());
    writer("gemma3").put("gemma3.attention.sliding_window", 512).write(path);
    json = config();
    assertEquals("gemma3_text", json.get("model_type").stringValue());
    assertEquals("gelu_pytorch_tanh", json.get("hidden_activation").stringValue());
    assertEquals(10_000, json.get("rope_local_base_freq").doubleValue());
    assertEquals(512, json.get("sliding_window").intValue());
  }

  @Test
  void refusesWhatIsMissingOrDifferent() throws IOException {
    writer("qwen2").put("general.architecture", "mamba").write(path);
    assertRefused(
        "general.architecture: mamba (expected: one of [llama, qwen2, qwen3, phi3, gemma2,"
            + " gemma3])");
    writer("qwen2").remove("qwen2.embedding_length").write(path);
    assertRefused("qwen2.embedding_length: missing (expected: an integer >= 1)");
    writer("qwen2").put("qwen2.block_count", "two").write(path);
    assertRefused("qwen2.block_count: STRING (expected: an integer >= 1)");
    writer("gemma2").put("gemma2.block_count", Integer.MAX_VALUE).write(path);
    assertRefused(
        "gemma2.block_count: 2147483647, but no blk.2147483646.attn_norm.weight (expected: the"
            + " layers that are there)");
    writer("qwen2").put("qwen2.attention.value_length", 8).write(path);
    assertRefused("qwen2.attention.value_length: 8 (expected: 16, as qwen2.attention.key_length)");
    writer("llama").put("llama.expert_count", 8).write(path);
    assertRefused("llama.expert_count: 8 (expected: 0: no mixture of experts)");
    writer("llama").put("llama.rope.dimension_count", 8).write(path);
    assertRefused("llama.rope.dimension_count: 8 (expected: 16)");
    writer("qwen2").put("tokenizer.ggml.eos_token_id", 262).write(path);
    assertRefused("tokenizer.ggml.eos_token_id: 262 (expected: 0 to 261)");
  }

  private JsonNode config() {
    return new GgufModel(path).config().root();
  }

  private void assertRefused(String message) {
    var failure =
        assertThrows(InvalidModelException.class, () -> new GgufModel(path).config().root());
    assertEquals(path + ": " + message, failure.getMessage());
  }

  /** A valid file but for most of its weights. */
  private static GgufWriter writer(String architecture) {
    return TinyGguf.metadata(architecture)
        .tensor("token_embd.weight", new float[264 * 64], 264, 64)
        .tensor("blk.1.attn_norm.weight", new float[64], 64);
  }
}
