package io.anyserve.metering.query.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.event.SourceWatermarks.Mark;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LedgerPageTokenTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "!!", "MDow", "LTE6NQ", "MTo", "OjE", "OTk5OTk5OTk5OTk5OTox"})
  void aCursorIsOneOfOurs(String text) {
    if (text.equals("MDow")) {
      assertEquals(new LedgerPageToken(0, 0), LedgerPageToken.parse(text));
    } else {
      var refused = assertThrows(IllegalArgumentException.class, () -> LedgerPageToken.parse(text));
      assertTrue(String.valueOf(refused.getMessage()).startsWith("cursor: "), refused::toString);
    }
  }

  @Test
  void aCursorComesBackAsItWas() {
    var cursor =
        new LedgerPageToken(
            3, Long.MAX_VALUE, List.of(new Mark(0, 7, 8), new Mark(5, 1, Long.MAX_VALUE)));
    assertEquals(cursor, LedgerPageToken.parse(cursor.text()));
    assertEquals(
        new LedgerPageToken(1, 2), LedgerPageToken.parse(new LedgerPageToken(1, 2).text()));
  }
}
