package io.anyserve.metering.query.ledger;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.anyserve.contracts.event.SourceWatermarks.Mark;
import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.metering.query.QueryChecks;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A place in the ledger. It says only where to read on: who may see an entry is checked for each
 * entry that is read, so that a forged cursor shows nobody more than an honest one.
 *
 * @param seen what tells entries that come a second time
 */
public record LedgerPageToken(int partition, long offset, List<Mark> seen) {

  private static final String EXPECTED = "the cursor of an answer";
  private static final int LONGEST = 6_000;

  public LedgerPageToken {
    Preconditions.that(partition >= 0 && offset >= 0, "cursor", partition + ":" + offset, EXPECTED);
    seen = List.copyOf(seen);
  }

  public LedgerPageToken(int partition, long offset) {
    this(partition, offset, List.of());
  }

  /** As {@link #text} writes it. */
  public static LedgerPageToken parse(String text) {
    QueryChecks.that(text.length() <= LONGEST, "cursor", text, EXPECTED);
    try {
      long[] numbers = numbers(new String(Base64.getUrlDecoder().decode(text), US_ASCII));
      QueryChecks.that(numbers.length % 3 == 2, "cursor", text, EXPECTED);
      List<Mark> seen = new ArrayList<>();
      for (int i = 2; i < numbers.length; i += 3) {
        seen.add(new Mark(Math.toIntExact(numbers[i]), numbers[i + 1], numbers[i + 2]));
      }
      return new LedgerPageToken(Math.toIntExact(numbers[0]), numbers[1], seen);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw QueryChecks.refused("cursor", text, EXPECTED);
    }
  }

  private static long[] numbers(String plain) {
    String[] parts = plain.split(":", -1);
    long[] numbers = new long[parts.length];
    for (int i = 0; i < parts.length; i++) {
      numbers[i] = Long.parseLong(parts[i]);
    }
    return numbers;
  }

  public String text() {
    StringBuilder plain = new StringBuilder().append(partition).append(':').append(offset);
    for (Mark mark : seen) {
      plain.append(':').append(mark.partition());
      plain.append(':').append(mark.offset());
      plain.append(':').append(mark.endedAt());
    }
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(plain.toString().getBytes(US_ASCII));
  }
}
