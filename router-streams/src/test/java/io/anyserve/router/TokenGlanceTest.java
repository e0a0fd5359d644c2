package io.anyserve.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.TokenEventKind;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.router.intake.IntakeRun;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TokenGlanceTest {

  private static final byte[] KEY = Samples.id(1).bytes();

  @Test
  void tellsKindsApartWithoutDecoding() {
    assertEquals(TokenEventKind.STARTED, glance(Samples.started(Samples.id(1), 1, 1, "w", true)));
    assertEquals(TokenEventKind.CHUNK, glance(Samples.chunk(Samples.id(1), 3, -1, 500)));
    assertEquals(TokenEventKind.TERMINAL, glance(Samples.finished(Samples.id(1), 1, 1, "a")));
    assertEquals(
        TokenEventKind.TERMINAL,
        glance(new Cancelled(CancelReason.QUOTA, TokenUsage.NONE, Optional.empty())));
    assertEquals(
        TokenEventKind.TERMINAL,
        glance(
            new Failed(new Failure(FailureCode.INTERNAL, ""), TokenUsage.NONE, Optional.empty())));
  }

  @Test
  void aBatchOfChunksIsNobodysBusinessHere() {
    byte[] batch = TokenCodec.encodeBatch(List.of(Samples.chunk(Samples.id(1), 3, -1, 500)));
    assertEquals(TokenEventKind.BATCH, TokenEventKind.of(null, batch));
    assertEquals(TokenEventKind.UNCLEAR, TokenEventKind.of(KEY, batch));
    assertFalse(TokenEventKind.BATCH.counts());
  }

  @Test
  void whateverElseIsUnclear() {
    assertEquals(TokenEventKind.UNCLEAR, TokenEventKind.of(KEY, null));
    assertEquals(TokenEventKind.UNCLEAR, TokenEventKind.of(KEY, new byte[0]));
    assertEquals(TokenEventKind.UNCLEAR, TokenEventKind.of(KEY, new byte[] {8}));
    assertEquals(TokenEventKind.UNCLEAR, TokenEventKind.of(KEY, new byte[] {8, 1}));
    assertEquals(TokenEventKind.UNCLEAR, TokenEventKind.of(KEY, IntakeRun.bytes("garbage")));
    assertEquals(TokenEventKind.UNCLEAR, TokenEventKind.of(KEY, new byte[] {0}));
  }

  @Test
  void aDuplicateIsNoTerminal() {
    var told =
        new TokenEvent.DuplicateSubmission(
            new ReplyTo(3, 17), "ab".repeat(32), Samples.context("story", false));
    assertEquals(TokenEventKind.DUPLICATE, glance(TokenRecord.duplicate(Samples.id(1), 1, told)));
  }

  private static TokenEventKind glance(Terminal terminal) {
    return glance(new TokenRecord(Samples.id(1), 1, 1, terminal));
  }

  private static TokenEventKind glance(TokenRecord record) {
    return TokenEventKind.of(KEY, TokenCodec.encode(record));
  }
}
