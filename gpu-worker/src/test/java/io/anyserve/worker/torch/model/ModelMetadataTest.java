package io.anyserve.worker.torch.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.sampling.Penalties;
import io.anyserve.contracts.sampling.SamplingDefaults;
import io.anyserve.worker.torch.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelMetadataTest {

  private static final Path STORY = Path.of("models", "story");

  private @TempDir Path folder;

  @BeforeEach
  void writeModel() throws IOException {
    TinyModel.write(folder);
  }

  @Test
  void readsAFolder() {
    ModelMetadata files = read(folder);
    assertEquals(TinyModel.CONFIG, files.config());
    assertEquals(Set.of(TinyModel.END, TinyModel.END_OF_TEXT), files.generation().endTokens());
    assertEquals(SamplingDefaults.NEUTRAL, files.generation().sampling());
    ModelMetadata.ChatFormat chat = files.chatFormat().orElseThrow();
    assertEquals("{{ messages[0].content }}", chat.template());
    assertEquals("<|im_end|>", chat.endToken());
    assertEquals("", chat.beginToken());
  }

  @Test
  void theSmallFilesMayBeMissing() throws IOException {
    Files.delete(folder.resolve("generation_config.json"));
    Files.delete(folder.resolve("tokenizer_config.json"));
    ModelMetadata files = read(folder);
    assertEquals(Set.of(TinyModel.END_OF_TEXT), files.generation().endTokens());
    assertEquals(SamplingDefaults.NEUTRAL, files.generation().sampling());
    assertTrue(files.chatFormat().isEmpty());
  }

  @Test
  void theTemplateMayBeAListOrAFile() throws IOException {
    Path config = folder.resolve("tokenizer_config.json");
    Files.writeString(
        config, "{\"chat_template\": [{\"name\": \"default\", \"template\": \"listed\"}]}");
    assertEquals("listed", read(folder).chatFormat().orElseThrow().template());
    Files.writeString(folder.resolve("chat_template.jinja"), "own");
    assertEquals("own", read(folder).chatFormat().orElseThrow().template());
    Files.delete(folder.resolve("chat_template.jinja"));
    Files.writeString(config, "{\"chat_template\": 1}");
    assertRefused("tokenizer_config.json: chat_template: 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "model_type": "qwen2"         | "model_type": "gpt2"       | model_type: "gpt2" (expected: one of [qwen2, qwen3, llama, mistral, phi3, gemma2, gemma3_text])
          "model_type": "qwen2",        |                            | model_type: missing
          "hidden_act": "silu"          | "hidden_act": "gelu"       | hidden_act: "gelu" (expected: one of [silu, gelu_pytorch_tanh])
          "hidden_size": 64,            |                            | hidden_size: missing (expected: an integer >= 1)
          "hidden_size": 64             | "hidden_size": "64"        | hidden_size: "64" (expected: an integer >= 1)
          "hidden_size": 64             | "hidden_size": 0           | hidden_size: 0 (expected: an integer >= 1)
          "num_hidden_layers": 2        | "num_hidden_layers": 2.5   | num_hidden_layers: 2.5
          "num_hidden_layers": 2        | "num_hidden_layers": 2147483647 | num_hidden_layers: 2147483647 (expected: at most 1000)
          "num_key_value_heads": 2      | "num_key_value_heads": 3   | kvHeads: 3 (expected: a divisor of 4 heads)
          "head_dim": 16                | "head_dim": 15             | head_dim: 15 (expected: an even number)
          "vocab_size": 264             | "vocab_size": 99999999999  | vocab_size: 99999999999
          "rms_norm_eps": 1e-06         | "rms_norm_eps": -1         | rms_norm_eps: -1 (expected: a number > 0)
          "rope_theta": 10000.0,        |                            | rope_theta: missing (expected: a number > 0)
          "rope_scaling": null          | "rope_scaling": {"type": "ntk"} | type: "ntk" (expected: one of [default, dynamic, linear, llama3, longrope, su, yarn])
          "rope_scaling": null          | "rope_scaling": {"type": "yarn"} | factor: missing (expected: a number > 0)
          "rope_scaling": null          | "rope_scaling": {"type": "yarn", "factor": 2, "mscale": 1} | mscale: 1 (expected: no such key for the type yarn)
          "rope_scaling": null          | "rope_scaling": {"rope_type": "longrope", "short_factor": [1, 2], "long_factor": [1, 2]} | short_factor: 2 numbers (expected: 8 numbers)
          "rope_scaling": null          | "partial_rotary_factor": 0.5 | partial_rotary_factor: 0.5 (expected: 1)
          "rope_scaling": null          | "quantization_config": {}  | quantization_config: {} (expected: weights in f32, f16 or bf16)
          "rope_scaling": null          | "mlp_bias": true           | mlp_bias: true (expected: one of [false])
          "rope_scaling": null          | "attn_logit_softcapping": 50 | attn_logit_softcapping: 50 (expected: null)
          "use_sliding_window": false   | "use_sliding_window": true | sliding_window: missing (expected: an integer >= 1)
          "use_sliding_window": false   | "use_sliding_window": true, "sliding_window": 8 | max_window_layers: missing (expected: an integer)
          "tie_word_embeddings": true   | "tie_word_embeddings": 1   | tie_word_embeddings: 1 (expected: true or false)
          """)
  void refusesWhatItCannotServe(String found, String replacement, String message)
      throws IOException {
    edit("config.json", found, replacement == null ? "" : replacement);
    assertRefused("config.json: " + message);
  }

  @Test
  void refusesBrokenFiles() throws IOException {
    edit("generation_config.json", "261", "264");
    assertRefused("eos_token_id: [264,259] (expected: ids from 0 to 263)");
    edit("generation_config.json", "264", "\"end\"");
    assertRefused("eos_token_id: [\"end\",259] (expected: an integer or a list of integers)");
    edit("config.json", "}", "");
    assertRefused("config.json: not JSON");
    Files.delete(folder.resolve("config.json"));
    assertRefused("config.json: no such file");
  }

  @Test
  void theShippedModelHasItsOwnSampling() {
    SamplingDefaults sampling = read(STORY).generation().sampling();
    assertEquals(new SamplingDefaults(0.7, 0.95, 0, Penalties.NONE), sampling);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                                | 1   | 1   | 0  | 0   | 0
          {"temperature": null, "top_p": null, "top_k": null}               | 1   | 1   | 0  | 0   | 0
          {"do_sample": true, "temperature": 0.6, "top_p": 0.9}             | 0.6 | 0.9 | 0  | 0   | 0
          {"temperature": 2, "top_k": 20}                                   | 2   | 1   | 20 | 0   | 0
          {"temperature": 0, "top_p": 1, "top_k": 0}                        | 0   | 1   | 0  | 0   | 0
          {"do_sample": false}                                              | 0   | 1   | 0  | 0   | 0
          {"do_sample": false, "temperature": 0.6, "top_p": 0.9}            | 0   | 0.9 | 0  | 0   | 0
          {"top_k": 1000, "presence_penalty": 1.5, "frequency_penalty": -2} | 1   | 1   | 1000 | 1.5 | -2
          """)
  void readsTheSamplingOfTheGenerationConfig(
      String json, double temperature, double topP, int topK, double presence, double frequency)
      throws IOException {
    Files.writeString(folder.resolve("generation_config.json"), json);
    assertEquals(
        new SamplingDefaults(temperature, topP, topK, new Penalties(presence, frequency)),
        read(folder).generation().sampling());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "do_sample": 1             | do_sample: 1 (expected: true or false)
          "temperature": -0.1        | temperature: -0.1 (expected: 0.0 to 2.0)
          "temperature": 2.5         | temperature: 2.5 (expected: 0.0 to 2.0)
          "temperature": "0.7"       | temperature: "0.7" (expected: 0.0 to 2.0)
          "do_sample": false, "temperature": 3 | temperature: 3 (expected: 0.0 to 2.0)
          "top_p": 0                 | top_p: 0 (expected: above 0, at most 1)
          "top_p": 1.01              | top_p: 1.01 (expected: above 0, at most 1)
          "top_k": -1                | top_k: -1 (expected: 0 to 1000)
          "top_k": 1001              | top_k: 1001 (expected: 0 to 1000)
          "top_k": 7.5               | top_k: 7.5 (expected: 0 to 1000)
          "top_k": 99999999999       | top_k: 99999999999 (expected: 0 to 1000)
          "presence_penalty": 2.5    | presence_penalty: 2.5 (expected: -2.0 to 2.0)
          "repetition_penalty": 0    | repetition_penalty: 0 (expected: 0.01 to 10.0)
          "min_p": 1.5               | min_p: 1.5 (expected: 0.0 to 1.0)
          "typical_p": 0             | typical_p: 0 (expected: above 0, at most 1)
          "frequency_penalty": "a"   | frequency_penalty: "a" (expected: -2.0 to 2.0)
          """)
  void refusesSamplingThatNoEngineTakes(String field, String message) throws IOException {
    Files.writeString(folder.resolve("generation_config.json"), "{" + field + "}");
    assertRefused(folder.resolve("generation_config.json") + ": " + message);
  }

  @Test
  void namesWhatItDoesNotHave() throws IOException {
    Files.writeString(
        folder.resolve("generation_config.json"),
        "{\"repetition_penalty\": 1.1, \"min_p\": 0.0, \"typical_p\": 1.0, \"num_beams\": 4}");
    GenerationConfig generation = read(folder).generation();
    assertEquals(List.of("num_beams = 4"), generation.ignored());
    assertEquals(new Penalties(0, 0, 1.1), generation.sampling().penalties());
    assertEquals(List.of(), read(STORY).generation().ignored());
  }

  @Test
  void readsLlamaAndNewerKeys() throws IOException {
    edit("config.json", "\"qwen2\"", "\"llama\"");
    edit("config.json", "\"rope_theta\": 10000.0", "\"rope_parameters\": {\"rope_theta\": 5e5}");
    edit("config.json", "\"head_dim\": 16,", "");
    ModelConfig config = read(folder).config();
    assertFalse(config.attention().projection().bias());
    assertEquals(5e5, config.attention().positions().rope().theta());
    assertEquals(16, config.attention().headSize());
  }

  @Test
  void refusesAMissingFolder() {
    var failure =
        assertThrows(InvalidModelException.class, () -> read(folder.resolve("elsewhere")));
    assertTrue(failure.getMessage().contains("elsewhere: no such folder"), failure.getMessage());
  }

  private static ModelMetadata read(Path folder) {
    return ModelMetadata.of(new DecoderFolder(folder));
  }

  private void edit(String file, String found, String replacement) throws IOException {
    Path path = folder.resolve(file);
    String text = Files.readString(path);
    assertTrue(text.contains(found), () -> file + " has no " + found);
    Files.writeString(path, text.replace(found, replacement));
  }

  private void assertRefused(String message) {
    var failure = assertThrows(InvalidModelException.class, () -> read(folder));
    assertTrue(failure.getMessage().contains(message), failure.getMessage());
  }
}
