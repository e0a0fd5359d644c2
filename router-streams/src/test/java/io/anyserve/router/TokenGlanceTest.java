package io.anyserve.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.ReplyAddress;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Duplicate;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.wire.TokenGlance;
import io.anyserve.contracts.wire.TokenWire;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TokenGlanceTest {

  private static final byte[] KEY = Samples.id(1).bytes();

  @Test
  void tellsKindsApartWithoutDecoding() {
    assertEquals(TokenGlance.STARTED, glance(Samples.started(Samples.id(1), 1, 1, "w", true)));
    assertEquals(TokenGlance.CHUNK, glance(Samples.chunk(Samples.id(1), 3, -1, 500)));
    assertEquals(TokenGlance.TERMINAL, glance(Samples.finished(Samples.id(1), 1, 1, "a")));
    assertEquals(
        TokenGlance.TERMINAL,
        glance(new Cancelled(CancelReason.QUOTA, TokenUsage.NONE, Optional.empty())));
    assertEquals(
        TokenGlance.TERMINAL,
        glance(
            new Failed(new Failure(FailureCode.INTERNAL, ""), TokenUsage.NONE, Optional.empty())));
  }

  @Test
  void aBatchOfChunksIsNobodysBusinessHere() {
    byte[] batch = TokenWire.encodeBatch(List.of(Samples.chunk(Samples.id(1), 3, -1, 500)));
    assertEquals(TokenGlance.BATCH, TokenGlance.of(null, batch));
    assertEquals(TokenGlance.UNCLEAR, TokenGlance.of(KEY, batch));
    assertFalse(TokenGlance.BATCH.counts());
  }

  @Test
  void whateverElseIsUnclear() {
    assertEquals(TokenGlance.UNCLEAR, TokenGlance.of(KEY, null));
    assertEquals(TokenGlance.UNCLEAR, TokenGlance.of(KEY, new byte[0]));
    assertEquals(TokenGlance.UNCLEAR, TokenGlance.of(KEY, new byte[] {8}));
    assertEquals(TokenGlance.UNCLEAR, TokenGlance.of(KEY, new byte[] {8, 1}));
    assertEquals(TokenGlance.UNCLEAR, TokenGlance.of(KEY, IntakeRun.bytes("garbage")));
    assertEquals(TokenGlance.UNCLEAR, TokenGlance.of(KEY, new byte[] {0}));
  }

  @Test
  void aDuplicateIsNoTerminal() {
    var told =
        new Duplicate(new ReplyAddress(3, 17), "ab".repeat(32), Samples.context("story", false));
    assertEquals(TokenGlance.DUPLICATE, glance(TokenRecord.duplicate(Samples.id(1), 1, told)));
  }

  private static TokenGlance glance(Terminal terminal) {
    return glance(new TokenRecord(Samples.id(1), 1, 1, terminal));
  }

  private static TokenGlance glance(TokenRecord record) {
    return TokenGlance.of(KEY, TokenWire.encode(record));
  }
}
