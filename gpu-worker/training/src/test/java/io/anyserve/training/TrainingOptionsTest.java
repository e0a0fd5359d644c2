package io.anyserve.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class TrainingOptionsTest {

  @Test
  void readsEveryOption() {
    var options =
        TrainingOptions.parse("--seed", "3", "--out", "m", "--steps", "10", "--threads", "1");
    assertEquals(new TrainingOptions(Path.of("m"), 10, 3, 1), options);
  }

  @Test
  void saysWhatIsWrong() {
    assertEquals("--out: nothing (expected: a folder)", refusal());
    assertEquals("--steps: ten (expected: a number)", refusal("--out", "m", "--steps", "ten"));
    assertEquals("--steps: 0 (expected: >= 1)", refusal("--out", "m", "--steps", "0"));
    assertEquals("--seed: nothing (expected: a value)", refusal("--out", "m", "--seed"));
    assertEquals("--fast (expected: a known option)", refusal("--fast", "yes"));
  }

  private static String refusal(String... args) {
    var error = assertThrows(IllegalArgumentException.class, () -> TrainingOptions.parse(args));
    return String.valueOf(error.getMessage());
  }
}
