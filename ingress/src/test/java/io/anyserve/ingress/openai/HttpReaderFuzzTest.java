package io.anyserve.ingress.openai;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A short run of the fuzz target without Jazzer, the same each time. */
final class HttpReaderFuzzTest {

  private static final int INPUTS = 40_000;

  private static final List<String> SEEDS =
      List.of(
          "\0{\"model\":\"story\",\"messages\":[{\"role\":\"user\",\"content\":\"Once\"}],\"n\":2,"
              + "\"max_tokens\":5,\"temperature\":0.5,\"stop\":[\"a\"],\"seed\":1,\"stream\":true,"
              + "\"stream_options\":{\"include_usage\":true},\"metadata\":{\"a\":\"b\"},\"user\":\"u\"}",
          "\1{\"model\":\"story\",\"prompt\":[\"Once\",\"upon\"],\"top_p\":0.1,\"ignore_eos\":true}",
          "\0{\"model\":\"story\",\"messages\":[{\"role\":\"system\",\"content\":[{\"type\":\"text\","
              + "\"text\":\"x\"}]}],\"tools\":[],\"response_format\":{\"type\":\"text\"}}",
          "\2[1,2.5e10,-0,true,null,\"\\ud83d\\ude00\",{\"a\":{\"b\":[]}}]",
          "\3a_B-9.c.7.u.fp_0123456789.story-2.5");

  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          "\"",
          ",",
          ":",
          "\\u0000",
          "\\ud800",
          "\\",
          "null",
          "true",
          "1e999999",
          "-",
          "9223372036854775808",
          "\u00ff",
          "\u00c3\u00a4",
          "\"n\":",
          "\"model\":",
          ".",
          "\n",
          "\"messages\":",
          "\"content\":",
          "\"stop\":",
          "\"metadata\":",
          "NaN",
          "1E-400",
          "/*",
          "#");

  @Test
  void whateverComesIsReadOrRefused() {
    Random random = new Random(20_261_129);
    for (int i = 0; i < INPUTS; i++) {
      byte[] input = mutated(random);
      assertDoesNotThrow(
          () -> HttpReaderFuzz.fuzzerTestOneInput(input),
          () -> Arrays.toString(input) + " " + new String(input, UTF_8));
    }
  }

  private static byte[] mutated(Random random) {
    var text = new StringBuilder(SEEDS.get(random.nextInt(SEEDS.size())));
    for (int changes = random.nextInt(6); changes >= 0 && text.length() > 1; changes--) {
      int at = 1 + random.nextInt(text.length() - 1);
      int to = Math.min(text.length(), at + 1 + random.nextInt(12));
      switch (random.nextInt(5)) {
        case 0 -> text.setCharAt(at, (char) random.nextInt(256));
        case 1 -> text.delete(at, to);
        case 2 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        case 3 -> text.insert(at, text.substring(at, to));
        default -> text.replace(at, to, PIECES.get(random.nextInt(PIECES.size())));
      }
    }
    return text.toString().getBytes(ISO_8859_1);
  }
}
