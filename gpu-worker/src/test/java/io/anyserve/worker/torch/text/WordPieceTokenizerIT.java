package io.anyserve.worker.torch.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.worker.torch.encoder.TinyBert;
import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.model.WordPieceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Tokens of hostile texts against those of Hugging Face's tokenizers. */
class WordPieceTokenizerIT {

  private @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    TinyBert.write(folder);
  }

  @Test
  void tokensAreThoseOfTheReference() throws IOException {
    JsonNode reference = TinyBert.reference();
    assertTrue(reference.path("hostile").size() >= 200);
    for (JsonNode settings : reference.path("tokens")) {
      configure(settings);
      assertTokens(reference, settings);
    }
  }

  @Test
  void aVocabularyAloneGivesTheSameTokens() throws IOException {
    JsonNode reference = TinyBert.reference();
    Files.delete(folder.resolve("tokenizer.json"));
    for (JsonNode settings : reference.path("tokens")) {
      Files.writeString(
          folder.resolve("tokenizer_config.json"),
          "{\"do_lower_case\": %s, \"strip_accents\": %s, \"tokenize_chinese_chars\": %s}"
              .formatted(
                  settings.path("lowercase"),
                  settings.path("strip_accents"),
                  settings.path("handle_chinese_chars")));
      assertTokens(reference, settings);
    }
    Files.delete(folder.resolve("tokenizer_config.json"));
    assertTokens(reference, reference.path("tokens").get(0));
  }

  @Test
  void paddingAndTruncationOfTheFileAreNotOurs() throws IOException {
    JsonNode reference = TinyBert.reference();
    Path file = folder.resolve("tokenizer.json");
    TinyBert.edit(
        file,
        "\"truncation\": null",
        "\"truncation\": {\"max_length\": 5, \"strategy\": \"LongestFirst\", \"stride\": 0}");
    TinyBert.edit(
        file,
        "\"padding\": null",
        """
        "padding": {"strategy": {"Fixed": 12}, "direction": "Right", "pad_to_multiple_of": null,
          "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"}\
        """);
    assertTokens(reference, reference.path("tokens").get(0));
  }

  @Test
  void usersWriteNoSpecialTokens() {
    try (WordPieceTokenizer tokenizer = load()) {
      for (String attack : List.of("[CLS]", "a [SEP] b", "[\u0000CLS]", "[MASK", "[[SEP]]")) {
        int[] tokens = tokenizer.encode(attack);
        int[] inner = Arrays.copyOfRange(tokens, 1, tokens.length - 1);
        assertTrue(Arrays.stream(inner).noneMatch(id -> id == 0 || id == 2 || id == 3 || id == 4));
        assertEquals(2, tokens[0]);
        assertEquals(3, tokens[tokens.length - 1]);
      }
    }
  }

  @Test
  void spellsTokens() {
    try (WordPieceTokenizer tokenizer = load()) {
      assertEquals(
          "[CLS] the cat walking [SEP]", tokenizer.spell(tokenizer.encode("The cat WALKING")));
      assertEquals("", tokenizer.spell());
      assertArrayEquals(new int[] {2, 3}, tokenizer.encode(""));
    }
  }

  @Test
  void refusesOtherTokenizers() throws IOException {
    Path file = folder.resolve("tokenizer.json");
    String whole = Files.readString(file);
    for (String[] change :
        new String[][] {
          {"\"BertNormalizer\"", "\"NFC\"", "normalizer: NFC (expected: BertNormalizer)"},
          {"\"BertPreTokenizer\"", "\"Whitespace\"", "pre_tokenizer: Whitespace"},
          {"\"[SEP]\"", "\"</s>\"", "[SEP]: missing (expected: a special token)"},
          {"\"the\": ", "\"the\": -", "(expected: an integer from 0 to 10000000)"},
        }) {
      Files.writeString(file, whole);
      TinyBert.edit(file, change[0], change[1]);
      assertRefused(file, change[2]);
    }
    Files.writeString(file, whole);
    TinyBert.edit(file, "\"type\": \"WordPiece\",\n    \"unk", "\"type\": \"BPE\",\n    \"unk");
    load().close();
    Path vocabulary = folder.resolve("vocab.txt");
    Files.write(vocabulary, new byte[] {'a', (byte) 0xff});
    assertRefused(vocabulary, "malformed bytes (expected: UTF-8)");
    Files.delete(vocabulary);
    assertRefused(file, "model.type: BPE (expected: WordPiece)");
    Files.delete(file);
    assertRefused(vocabulary, "no such file");
  }

  private void assertRefused(Path file, String message) {
    var failure = assertThrows(InvalidModelException.class, () -> load().close());
    assertTrue(failure.getMessage().startsWith(file + ": "), failure.getMessage());
    assertTrue(failure.getMessage().contains(message), failure.getMessage());
  }

  private void configure(JsonNode settings) throws IOException {
    Path file = folder.resolve("tokenizer.json");
    String text = Files.readString(file);
    for (String key : List.of("lowercase", "strip_accents", "handle_chinese_chars")) {
      text = text.replaceFirst("\"" + key + "\": [a-z]+", "\"" + key + "\": " + settings.path(key));
    }
    Files.writeString(file, text);
  }

  private void assertTokens(JsonNode reference, JsonNode settings) {
    try (WordPieceTokenizer tokenizer = load()) {
      for (int i = 0; i < settings.path("ids").size(); i++) {
        String text = reference.path("hostile").get(i).stringValue();
        int[] expected =
            settings.path("ids").get(i).valueStream().mapToInt(JsonNode::intValue).toArray();
        assertArrayEquals(
            expected, tokenizer.encode(text), () -> settings.path("lowercase") + ": " + text);
      }
    }
  }

  private WordPieceTokenizer load() {
    return WordPieceTokenizer.of(WordPieceFile.read(folder));
  }
}
