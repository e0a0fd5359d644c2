package io.anyserve.contracts.codec;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.answer.ToolCallDelta;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.contracts.sampling.TokenLogprob;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whatever a scan accepts must be what the full reading sees; the rest it leaves alone. */
final class ChunkDecoderTest {

  private static final byte[] KEY = new RequestId(1, 2).bytes();
  private static final List<String> TEXTS =
      List.of("", "plain", "NUL \0 inside", "für Elise", "日本語", "🎼 in four bytes");

  private final ChunkDecoder scan = new ChunkDecoder();
  private final Random random = new Random(7);

  @Test
  void plainChunksAreScanned() {
    for (int i = 0; i < 10_000; i++) {
      byte[] value = TokenCodec.encode(randomChunk());
      assertTrue(scan.scan(value));
      assertSame(value);
    }
  }

  @Test
  void aScanOfDamagedBytesNeverDisagrees() {
    int scanned = 0;
    for (int i = 0; i < 50_000; i++) {
      byte[] value = damaged(TokenCodec.encode(randomChunk()));
      if (scan.scan(value)) {
        scanned++;
        assertSame(value);
      }
    }
    assertTrue(scanned > 1_000, "only " + scanned);
  }

  @Test
  void noTruncationIsTakenForMore() {
    byte[] value = TokenCodec.encode(randomChunk());
    for (int length = 0; length < value.length; length++) {
      byte[] cut = Arrays.copyOf(value, length);
      if (scan.scan(cut)) {
        assertSame(cut);
      }
    }
  }

  @Test
  void otherEventsAreLeftToTheFullReading() {
    var context =
        new RequestContext(
            new TenantId("acme"),
            new SessionId("s1"),
            "",
            new Capability("chat"),
            Map.of(),
            Instant.EPOCH,
            false);
    var failure = new Failure(FailureCode.ENGINE_FAILED, "out of memory");
    var id = new RequestId(1, 2);
    for (TokenEvent event :
        List.of(
            new Started(
                context,
                new WorkerId("w"),
                new Capability("chat"),
                "tiny",
                7,
                12,
                false,
                Optional.empty()),
            new Finished(
                FinishReason.STOP, TokenUsage.NONE, Optional.empty(), Duration.ofMillis(5)),
            new Failed(failure, TokenUsage.NONE, Optional.empty()),
            new Cancelled(CancelReason.CLIENT_GONE, TokenUsage.NONE, Optional.empty()))) {
      TokenRecord record = new TokenRecord(id, 1, 2, event);
      assertFalse(scan.scan(TokenCodec.encode(record)), record::toString);
    }
    TokenRecord refused =
        TokenRecord.unassigned(id, new Failed(failure, TokenUsage.NONE, Optional.of(context)));
    assertFalse(scan.scan(TokenCodec.encode(refused)));
  }

  @Test
  void invalidTextIsLeftToTheFullReading() {
    byte[] value =
        TokenCodec.encode(
            new TokenRecord(
                new RequestId(1, 2),
                1,
                2,
                new TokenEvent.Chunk(0, TokenIds.of(1, 2), "abab", Optional.empty())));
    int text = new String(value, StandardCharsets.ISO_8859_1).indexOf("abab");
    value[text] = (byte) 0xC0;
    assertFalse(scan.scan(value));
  }

  @Test
  void aPayloadIsReadInFullAndItsBytesCount() {
    var chunk =
        new TokenEvent.Chunk(
            3,
            TokenIds.of(1, 2),
            "für",
            Optional.of(new Payload.Bytes(ByteString.copyFromUtf8("12345"), "text/plain")));
    TokenRecord record = new TokenRecord(new RequestId(1, 2), 1, 9, chunk);
    assertFalse(scan.scan(TokenCodec.encode(record)));

    scan.take(record, chunk);
    assertEquals(1, scan.attempt());
    assertEquals(9, scan.executionId());
    assertEquals(3, scan.sequence());
    assertEquals(2, scan.tokens());
    assertEquals(4 + 5, scan.bytes());
  }

  @Test
  void logprobsAreReadInFullAndDoNotCountAsContent() {
    var told = new TokenLogprob(4, ByteString.copyFromUtf8("four"), -1);
    var chunk =
        new TokenEvent.Chunk(
            3,
            TokenIds.of(4),
            "four",
            Optional.empty(),
            List.of(new PositionLogprobs(told, List.of(told), 0)));
    TokenRecord record = new TokenRecord(new RequestId(1, 2), 1, 9, chunk);
    assertFalse(scan.scan(TokenCodec.encode(record)));

    scan.take(record, chunk);
    assertEquals(1, scan.tokens());
    assertEquals(4, scan.bytes());
  }

  @Test
  void toolCallsAreReadInFullAndTheirNamesAndArgumentsCount() {
    var chunk =
        new TokenEvent.Chunk(
            3,
            TokenIds.of(4),
            new AnswerDelta("ab", "hm", List.of(new ToolCallDelta(0, "call_1", "time", "{}"))),
            Optional.empty(),
            List.of());
    TokenRecord record = new TokenRecord(new RequestId(1, 2), 1, 9, chunk);
    assertFalse(scan.scan(TokenCodec.encode(record)));

    scan.take(record, chunk);
    assertEquals(2 + 2 + 4 + 2, scan.bytes());
  }

  @Test
  void batchesAreScanned() {
    for (int i = 0; i < 2_000; i++) {
      assertSameBatch(TokenCodec.encodeBatch(randomBatch()), true);
    }
  }

  @Test
  void aScanOfADamagedBatchNeverDisagrees() {
    int scanned = 0;
    for (int i = 0; i < 50_000; i++) {
      byte[] value = damaged(TokenCodec.encodeBatch(randomBatch()));
      scanned += assertSameBatch(value, false) ? 1 : 0;
    }
    assertTrue(scanned > 1_000, "only " + scanned);
  }

  @Test
  void noPartOfABrokenBatchCounts() {
    byte[] value = TokenCodec.encodeBatch(randomBatch());
    byte[] broken = Arrays.copyOf(value, value.length + 1);
    assertFalse(scan.scanBatch(broken, request -> fail("told of " + request)));
    assertThrows(MalformedRecordException.class, () -> TokenCodec.decodeAll(null, broken));
  }

  @Test
  void anEventIsNoBatchAndABatchNoEvent() {
    byte[] event = TokenCodec.encode(randomChunk());
    assertFalse(scan.scanBatch(event, request -> fail("told of " + request)));
    assertFalse(scan.scan(TokenCodec.encodeBatch(randomBatch())));
  }

  private List<TokenRecord> randomBatch() {
    return IntStream.rangeClosed(1, 1 + random.nextInt(5))
        .mapToObj(
            number -> {
              TokenRecord chunk = randomChunk();
              return new TokenRecord(
                  new RequestId(number, random.nextLong()),
                  chunk.attempt(),
                  chunk.executionId(),
                  chunk.event());
            })
        .toList();
  }

  private record Scanned(
      RequestId request, int attempt, long executionId, long sequence, int tokens, long bytes) {}

  private Scanned scanned(RequestId request) {
    return new Scanned(
        request, scan.attempt(), scan.executionId(), scan.sequence(), scan.tokens(), scan.bytes());
  }

  private boolean assertSameBatch(byte[] value, boolean expected) {
    List<Scanned> found = new ArrayList<>();
    boolean scannable = scan.scanBatch(value, request -> found.add(scanned(request)));
    if (!scannable) {
      assertFalse(expected);
      assertEquals(List.of(), found);
      return false;
    }
    List<Scanned> full = new ArrayList<>();
    for (TokenRecord record : assertDoesNotThrow(() -> TokenCodec.decodeAll(null, value))) {
      scan.take(record, (TokenEvent.Chunk) record.event());
      full.add(scanned(record.request()));
    }
    assertEquals(full, found);
    return true;
  }

  private void assertSame(byte[] value) {
    int attempt = scan.attempt();
    long executionId = scan.executionId();
    long sequence = scan.sequence();
    int tokens = scan.tokens();
    long bytes = scan.bytes();
    TokenRecord record = assertDoesNotThrow(() -> TokenCodec.decode(KEY, value));
    scan.take(record, (TokenEvent.Chunk) record.event());
    assertEquals(scan.attempt(), attempt);
    assertEquals(scan.executionId(), executionId);
    assertEquals(scan.sequence(), sequence);
    assertEquals(scan.tokens(), tokens);
    assertEquals(scan.bytes(), bytes);
  }

  private TokenRecord randomChunk() {
    int[] ids = random.ints(random.nextInt(5), 0, Integer.MAX_VALUE).toArray();
    return new TokenRecord(
        new RequestId(1, 2),
        random.nextInt(4),
        random.nextLong(),
        new TokenEvent.Chunk(
            random.nextInt(3) == 0 ? random.nextLong(Long.MAX_VALUE) : random.nextInt(200),
            TokenIds.of(ids),
            new AnswerDelta(
                TEXTS.get(random.nextInt(TEXTS.size())),
                random.nextBoolean() ? "" : TEXTS.get(random.nextInt(TEXTS.size())),
                List.of()),
            Optional.empty(),
            List.of()));
  }

  private byte[] damaged(byte[] value) {
    byte[] damaged =
        random.nextInt(4) == 0 ? Arrays.copyOf(value, random.nextInt(value.length + 4)) : value;
    for (int i = random.nextInt(3); i > 0 && damaged.length > 0; i--) {
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
    }
    return damaged;
  }
}
