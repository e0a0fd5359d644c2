package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFilesTest {

  private @TempDir Path folder;

  @BeforeEach
  void writeModel() throws IOException {
    TinyModel.write(folder);
  }

  @Test
  void readsAFolder() {
    ModelFiles files = ModelFiles.read(folder);
    assertEquals(TinyModel.CONFIG, files.config());
    assertEquals(Set.of(TinyModel.END, TinyModel.END_OF_TEXT), files.endTokens());
    ModelFiles.ChatFormat chat = files.chatFormat().orElseThrow();
    assertEquals("{{ messages[0].content }}", chat.template());
    assertEquals("<|im_end|>", chat.endToken());
    assertEquals("", chat.beginToken());
  }

  @Test
  void theSmallFilesMayBeMissing() throws IOException {
    Files.delete(folder.resolve("generation_config.json"));
    Files.delete(folder.resolve("tokenizer_config.json"));
    ModelFiles files = ModelFiles.read(folder);
    assertEquals(Set.of(TinyModel.END_OF_TEXT), files.endTokens());
    assertTrue(files.chatFormat().isEmpty());
  }

  @Test
  void theTemplateMayBeAListOrAFile() throws IOException {
    Path config = folder.resolve("tokenizer_config.json");
    Files.writeString(
        config, "{\"chat_template\": [{\"name\": \"default\", \"template\": \"listed\"}]}");
    assertEquals("listed", ModelFiles.read(folder).chatFormat().orElseThrow().template());
    Files.writeString(folder.resolve("chat_template.jinja"), "own");
    assertEquals("own", ModelFiles.read(folder).chatFormat().orElseThrow().template());
    Files.delete(folder.resolve("chat_template.jinja"));
    Files.writeString(config, "{\"chat_template\": 1}");
    assertRefused("tokenizer_config.json: chat_template: 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "model_type": "qwen2"         | "model_type": "gpt2"       | model_type: "gpt2" (expected: one of [qwen2, llama])
          "model_type": "qwen2",        |                            | model_type: missing
          "hidden_act": "silu"          | "hidden_act": "gelu"       | hidden_act: "gelu" (expected: one of [silu])
          "hidden_size": 64,            |                            | hidden_size: missing (expected: an integer >= 1)
          "hidden_size": 64             | "hidden_size": "64"        | hidden_size: "64" (expected: an integer >= 1)
          "hidden_size": 64             | "hidden_size": 0           | hidden_size: 0 (expected: an integer >= 1)
          "num_hidden_layers": 2        | "num_hidden_layers": 2.5   | num_hidden_layers: 2.5
          "num_key_value_heads": 2      | "num_key_value_heads": 3   | kvHeads: 3 (expected: a divisor of 4 heads)
          "head_dim": 16                | "head_dim": 15             | headSize: 15 (expected: an even number)
          "vocab_size": 264             | "vocab_size": 99999999999  | vocab_size: 99999999999
          "rms_norm_eps": 1e-06         | "rms_norm_eps": -1         | rms_norm_eps: -1 (expected: a number > 0)
          "rope_theta": 10000.0,        |                            | rope_theta: missing (expected: a number > 0)
          "rope_scaling": null          | "rope_scaling": {"type": "yarn"} | rope_scaling: {"type":"yarn"} (expected: null or the type default)
          "use_sliding_window": false   | "use_sliding_window": true | use_sliding_window: true (expected: one of [false])
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
  void readsLlamaAndNewerKeys() throws IOException {
    edit("config.json", "\"qwen2\"", "\"llama\"");
    edit("config.json", "\"rope_theta\": 10000.0", "\"rope_parameters\": {\"rope_theta\": 5e5}");
    edit("config.json", "\"head_dim\": 16,", "");
    ModelConfig config = ModelFiles.read(folder).config();
    assertFalse(config.attention().bias());
    assertEquals(5e5, config.attention().ropeTheta());
    assertEquals(16, config.attention().headSize());
  }

  @Test
  void refusesAMissingFolder() {
    var failure =
        assertThrows(
            BrokenModelException.class, () -> ModelFiles.read(folder.resolve("elsewhere")));
    assertTrue(failure.getMessage().contains("elsewhere: no such folder"), failure.getMessage());
  }

  private void edit(String file, String found, String replacement) throws IOException {
    Path path = folder.resolve(file);
    String text = Files.readString(path);
    assertTrue(text.contains(found), () -> file + " has no " + found);
    Files.writeString(path, text.replace(found, replacement));
  }

  private void assertRefused(String message) {
    var failure = assertThrows(BrokenModelException.class, () -> ModelFiles.read(folder));
    assertTrue(failure.getMessage().contains(message), failure.getMessage());
  }
}
