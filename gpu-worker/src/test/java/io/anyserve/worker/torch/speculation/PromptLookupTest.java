package io.anyserve.worker.torch.speculation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PromptLookupTest {

  @ParameterizedTest
  @CsvSource({
    // the last three tokens were there before
    "1 2 3 4 5 6 1 2 3, 2, 4 5",
    "1 2 3 4 5 6 1 2 3, 8, 4 5 6 1 2 3",
    // of several places the last one counts
    "1 2 3 7 1 2 3 8 1 2 3, 1, 8",
    // a longer match is taken before a later one
    "1 2 3 4 9 2 3 5 1 2 3, 1, 4",
    // two tokens are enough, one is not
    "1 2 5 6 9 1 2, 2, 5 6",
    "1 5 6 9 1, 2, ''",
    // the match may overlap the end
    "4 4 4 4, 3, 4",
    "1 2 1 2 1 2, 3, 1 2",
    "1 2 3, 2, ''",
    // what is below 0 is an image
    "1 2 3 4 -1 -1 5 1 2 3, 8, 4",
    "'', 2, ''",
    "1 2 3 4 1 2 3, 0, ''"
  })
  void guessesWhatFollowedTheSameTokens(String tokens, int most, String guess) {
    int[] all = ids(tokens);
    int[] withMoreBehind = Arrays.copyOf(all, all.length + 3);
    assertArrayEquals(ids(guess), PromptLookup.guess(withMoreBehind, all.length, most));
  }

  private static int[] ids(String text) {
    return text.isEmpty()
        ? new int[0]
        : Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
  }
}
