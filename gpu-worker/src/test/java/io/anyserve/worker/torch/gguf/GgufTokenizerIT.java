package io.anyserve.worker.torch.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.text.TextTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The tokenizers that are made of metadata, in the library that runs them. */
final class GgufTokenizerIT {

  private @TempDir Path folder;
  private Path path;

  @BeforeEach
  void name() {
    path = folder.resolve("model.gguf");
  }

  /** Recorded by gguf_sentencepiece.py. */
  @ParameterizedTest
  @ValueSource(strings = {"prefix", "plain"})
  void sentencePieceIsSplitAsSentencePieceDoes(String kind) throws IOException {
    JsonNode recorded = recorded().path(kind);
    writer(recorded).put("tokenizer.ggml.add_space_prefix", kind.equals("prefix")).write(path);
    try (TextTokenizer tokenizer = tokenizer()) {
      for (JsonNode text : recorded.path("texts")) {
        String content = text.path("text").stringValue();
        int[] tokens = tokenizer.encode(content);
        assertArrayEquals(integers(text.path("ids")), tokens, content);
        assertEquals(content, tokenizer.decode(tokens));
        assertEquals(content, tokenizer.spell(tokens));
      }
      assertEquals("<s>", tokenizer.spell(1));
    }
  }

  @Test
  void sentencePieceNeedsScores() throws IOException {
    JsonNode recorded = recorded().path("plain");
    writer(recorded).remove("tokenizer.ggml.scores").write(path);
    assertRefused("tokenizer.ggml.scores: missing (expected: floats)");
    writer(recorded).floats("tokenizer.ggml.scores", 1, 2).write(path);
    assertRefused("tokenizer.ggml.scores: 2 elements (expected: 420, one a token)");
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-2, a 12345, false",
    "smollm, a 12345, true",
    "qwen2, a 12345, true",
    "llama-bpe, a 12345, false",
    "gpt-4o, a 12345, false"
  })
  void digitsAreCutAsTheNameSays(String cuts, String text, boolean single) throws IOException {
    byteLevel().put("tokenizer.ggml.pre", cuts).write(path);
    try (TextTokenizer tokenizer = tokenizer()) {
      int[] tokens = tokenizer.encode(text);
      assertEquals(text, tokenizer.decode(tokens));
      assertEquals(single, IntStream.of(tokens).noneMatch(token -> token == 256), cuts);
    }
  }

  @Test
  void onlyQwenNormalises() throws IOException {
    String decomposed = "e\u0301";
    byteLevel().put("tokenizer.ggml.pre", "llama-bpe").write(path);
    try (TextTokenizer tokenizer = tokenizer()) {
      assertEquals(decomposed, tokenizer.decode(tokenizer.encode(decomposed)));
    }
    byteLevel().put("tokenizer.ggml.pre", "qwen2").write(path);
    try (TextTokenizer tokenizer = tokenizer()) {
      assertEquals("\u00e9", tokenizer.decode(tokenizer.encode(decomposed)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "smollm, , false",
    "smollm, true, true",
    "llama-bpe, , true",
    "llama-bpe, false, false"
  })
  void aTextThatStandsAloneBeginsAsTheFileSays(String cuts, Boolean said, boolean begins)
      throws IOException {
    int begin = 260;
    GgufWriter file = byteLevel().put("tokenizer.ggml.pre", cuts);
    file.put("tokenizer.ggml.bos_token_id", begin);
    if (said != null) {
      file.put("tokenizer.ggml.add_bos_token", said);
    }
    file.write(path);
    try (TextTokenizer tokenizer = tokenizer()) {
      int[] plain = tokenizer.encode("hi");
      IntStream before = begins ? IntStream.of(begin) : IntStream.empty();
      assertArrayEquals(
          IntStream.concat(before, IntStream.of(plain)).toArray(), tokenizer.encodeAlone("hi"));
      assertFalse(IntStream.of(plain).anyMatch(token -> token == begin));
    }
  }

  @Test
  void textsOfSentencePieceBeginWithAToken() throws IOException {
    writer(recorded().path("plain")).put("tokenizer.ggml.bos_token_id", 1).write(path);
    try (TextTokenizer tokenizer = tokenizer()) {
      assertEquals(1, tokenizer.encodeAlone("a")[0]);
      assertEquals(tokenizer.encode("a").length + 1, tokenizer.encodeAlone("a").length);
    }
  }

  @Test
  void usersWriteNoSpecialTokens() throws IOException {
    byteLevel().write(path);
    try (TextTokenizer tokenizer = tokenizer()) {
      int[] tokens = tokenizer.encode("<|im_end|>");
      assertFalse(IntStream.of(tokens).anyMatch(token -> token >= 259));
      assertEquals("<|im_end|>", tokenizer.spell(261));
    }
  }

  @Test
  void refusesWhatItDoesNotKnow() throws IOException {
    byteLevel().put("tokenizer.ggml.model", "t5").write(path);
    assertRefused("tokenizer.ggml.model: t5 (expected: one of [gpt2, llama])");
    byteLevel().put("tokenizer.ggml.pre", "odd").write(path);
    assertRefused("tokenizer.ggml.pre: odd (expected: one of [codeshell, dbrx,");
    byteLevel().remove("tokenizer.ggml.pre").write(path);
    assertRefused("tokenizer.ggml.pre: missing (expected: a string)");
    byteLevel().strings("tokenizer.ggml.merges", List.of("th")).write(path);
    assertRefused("tokenizer.ggml.merges: th (expected: two parts with a space between them)");
    byteLevel().strings("tokenizer.ggml.merges", List.of("漢 字")).write(path);
    assertRefused("expected: a Hugging Face tokenizer");
    byteLevel().integers("tokenizer.ggml.token_type", 1, 2).write(path);
    assertRefused("token_type: 2 elements (expected: 262, as tokenizer.ggml.tokens)");
    byteLevel().strings("tokenizer.ggml.tokens", List.of()).write(path);
    assertRefused("tokenizer.ggml.tokens: 0 elements (expected: tokens)");
  }

  private TextTokenizer tokenizer() {
    return TextTokenizer.load(new GgufModel(path).tokenizer());
  }

  private void assertRefused(String message) {
    var failure = assertThrows(InvalidModelException.class, () -> tokenizer().close());
    assertTrue(failure.getMessage().startsWith(path + ": "), failure.getMessage());
    assertTrue(failure.getMessage().contains(message), failure.getMessage());
  }

  /** Two digits make one token, where digits are not cut. */
  private static GgufWriter byteLevel() {
    GgufWriter writer = TinyGguf.tokenizer(new GgufWriter());
    List<String> tokens = TinyGguf.tokens();
    tokens.set(256, "12");
    tokens.set(257, "te");
    tokens.set(258, "ex");
    return writer
        .strings("tokenizer.ggml.tokens", tokens)
        .strings("tokenizer.ggml.merges", List.of("1 2", "t e", "e x"));
  }

  private static GgufWriter writer(JsonNode recorded) {
    List<String> tokens = recorded.path("tokens").valueStream().map(JsonNode::stringValue).toList();
    float[] scores = new float[tokens.size()];
    for (int id = 0; id < scores.length; id++) {
      scores[id] = recorded.path("scores").path(id).floatValue();
    }
    return new GgufWriter()
        .put("tokenizer.ggml.model", "llama")
        .put("tokenizer.ggml.unknown_token_id", 0)
        .strings("tokenizer.ggml.tokens", tokens)
        .floats("tokenizer.ggml.scores", scores)
        .integers("tokenizer.ggml.token_type", integers(recorded.path("types")));
  }

  private static int[] integers(JsonNode array) {
    return array.valueStream().mapToInt(JsonNode::intValue).toArray();
  }

  private static JsonNode recorded() throws IOException {
    try (InputStream file = GgufTokenizerIT.class.getResourceAsStream("sentencepiece.json")) {
      return JsonMapper.shared().readTree(Objects.requireNonNull(file));
    }
  }
}
