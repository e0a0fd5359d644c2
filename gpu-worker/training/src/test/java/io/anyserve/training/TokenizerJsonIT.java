package io.anyserve.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class TokenizerJsonIT {

  private static final Map<String, String> OPTIONS =
      Map.of("addSpecialTokens", "false", "truncation", "DO_NOT_TRUNCATE");

  @Test
  void huggingFaceEncodesAsWeDo() throws IOException {
    List<String> texts = documents(400);
    BytePairEncoding own = BytePairTraining.learn(texts, 1024);
    try (HuggingFaceTokenizer theirs = tokenizer(own)) {
      for (String text : texts) {
        assertSameIds(text, own, theirs);
      }
      for (String text : OddTexts.ALL) {
        assertSameIds(text, own, theirs);
      }
    }
  }

  @Test
  void huggingFaceDecodesAsWeDo() throws IOException {
    BytePairEncoding own = BytePairTraining.learn(documents(100), 600);
    try (HuggingFaceTokenizer theirs = tokenizer(own)) {
      for (String text : OddTexts.ALL) {
        int[] ids = own.encode(text);
        assertEquals(own.decode(ids), theirs.decode(longs(ids), false));
      }
    }
  }

  private static void assertSameIds(
      String text, BytePairEncoding own, HuggingFaceTokenizer theirs) {
    assertArrayEquals(
        theirs.encode(text).getIds(), longs(own.encode(text)), "\"" + text + "\" has other ids");
  }

  private static List<String> documents(int count) {
    var documents = new TrainingCorpus(new SplittableRandom(3));
    var texts = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      texts.add(documents.get());
    }
    return texts;
  }

  private static HuggingFaceTokenizer tokenizer(BytePairEncoding encoding) throws IOException {
    byte[] json = TokenizerJson.of(encoding).getBytes(StandardCharsets.UTF_8);
    return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), OPTIONS);
  }

  private static long[] longs(int[] ids) {
    return Arrays.stream(ids).asLongStream().toArray();
  }
}
