package io.anyserve.ingress.response;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.StreamProgress;
import io.anyserve.ingress.response.ResumeTokenCodec.Position;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ResumeTokenCodecTest {

  private static final String KEY = "a key of thirty-two bytes, or so";
  private static final TenantId ACME = new TenantId("acme");
  private static final Position POSITION =
      new Position(new ReplyTo(3, 123_456_789_012L), new RequestId(-1, 77), new SessionId("s-1"));

  private static final StreamProgress PROGRESS =
      new StreamProgress(2, -9_000_000_000L, 500, 1_001, 70, false);
  private static final Position BEHIND_CHUNK =
      new Position(POSITION.address(), POSITION.request(), POSITION.session(), PROGRESS);

  private final ResumeTokenCodec tokens = tokens(KEY);

  @ParameterizedTest
  @MethodSource("positions")
  void aTokenLeadsBackToItsPosition(Position position) {
    assertEquals(Optional.of(position), tokens.read(tokens.issue(position, ACME), ACME));
  }

  static List<Position> positions() {
    return List.of(
        POSITION,
        BEHIND_CHUNK,
        at(new ReplyTo(0, 0), new StreamProgress(1, 1, 1, 0, 0, false)),
        at(new ReplyTo(127, 127), new StreamProgress(127, 127, 127, 127, 127, false)),
        at(new ReplyTo(128, 128), new StreamProgress(128, 128, 128, 128, 128, false)),
        at(
            new ReplyTo(Integer.MAX_VALUE, Long.MAX_VALUE),
            new StreamProgress(
                Integer.MAX_VALUE,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                false)),
        new Position(
            new ReplyTo(0, 1), new RequestId(1, 2), new SessionId("s".repeat(128)), PROGRESS));
  }

  private static Position at(ReplyTo address, StreamProgress progress) {
    return new Position(address, POSITION.request(), POSITION.session(), progress);
  }

  @Test
  void everyFieldOfAPositionIsInItsToken() {
    List<Position> different =
        List.of(
            BEHIND_CHUNK,
            at(new ReplyTo(4, POSITION.address().fromOffset()), PROGRESS),
            at(new ReplyTo(3, 1), PROGRESS),
            new Position(POSITION.address(), new RequestId(-2, 77), POSITION.session(), PROGRESS),
            new Position(POSITION.address(), new RequestId(-1, 78), POSITION.session(), PROGRESS),
            new Position(POSITION.address(), POSITION.request(), new SessionId("s-2"), PROGRESS),
            progress(3, -9_000_000_000L, 500, 1_001, 70),
            progress(2, -9_000_000_001L, 500, 1_001, 70),
            progress(2, -9_000_000_000L, 501, 1_001, 70),
            progress(2, -9_000_000_000L, 500, 1_002, 70),
            progress(2, -9_000_000_000L, 500, 1_001, 71));
    assertEquals(
        different.size(),
        different.stream().map(position -> tokens.issue(position, ACME)).distinct().count());
    different.forEach(this::aTokenLeadsBackToItsPosition);
  }

  private static Position progress(
      int attempt, long executionId, long nextSequence, long count, long promptTokens) {
    return at(
        POSITION.address(),
        new StreamProgress(attempt, executionId, nextSequence, count, promptTokens, false));
  }

  @Test
  void aTokenOfAnEarlierVersionIsRead() {
    String old = "AAAAAwAAABy-mRoU__________8AAAAAAAAATXMtMS2P7doPOGF7FSLPy7G7co0";
    assertEquals(Optional.of(POSITION), tokens.read(old, ACME));
    assertEquals(old, tokens.issue(POSITION, ACME), "earlier versions read it, too");
  }

  @Test
  void aTokenOfAnUnknownKindIsNone() throws Exception {
    byte[] plain = Base64.getUrlDecoder().decode(tokens.issue(BEHIND_CHUNK, ACME));
    plain[0] = (byte) 0x81;
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(KEY.getBytes(UTF_8), "HmacSHA256"));
    mac.update(plain, 0, plain.length - 16);
    mac.update((byte) 0);
    byte[] seal = mac.doFinal("acme".getBytes(UTF_8));
    System.arraycopy(seal, 0, plain, plain.length - 16, 16);
    assertEquals(Optional.empty(), tokens.read(Base64.getUrlEncoder().encodeToString(plain), ACME));
  }

  @Test
  void severalThreadsIssueAtOnce() throws Exception {
    try (var threads = Executors.newFixedThreadPool(4)) {
      List<Future<Boolean>> done = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        int attempt = thread + 1;
        done.add(threads.submit(() -> issueMany(attempt)));
      }
      for (Future<Boolean> one : done) {
        assertTrue(one.get());
      }
    }
  }

  private boolean issueMany(int attempt) {
    return IntStream.range(1, 2_000)
        .mapToObj(sequence -> progress(attempt, 7, sequence, sequence, 3))
        .allMatch(
            position ->
                tokens.read(tokens.issue(position, ACME), ACME).equals(Optional.of(position)));
  }

  @Test
  void aStreamThatHasEndedHasNoPlaceToGoOnFrom() {
    var ended = new StreamProgress(1, 1, 1, 1, 1, true);
    assertThrows(IllegalArgumentException.class, () -> at(POSITION.address(), ended));
  }

  @Test
  void anotherIngressWithTheSameKeyReadsIt() {
    var other = tokens(KEY);
    assertEquals(Optional.of(POSITION), other.read(tokens.issue(POSITION, ACME), ACME));
    assertEquals(Optional.of(BEHIND_CHUNK), other.read(tokens.issue(BEHIND_CHUNK, ACME), ACME));
  }

  @Test
  void anotherTenantOrKeyDoesNot() {
    for (Position position : List.of(POSITION, BEHIND_CHUNK)) {
      String token = tokens.issue(position, ACME);
      assertEquals(Optional.empty(), tokens.read(token, new TenantId("other")));
      assertEquals(Optional.empty(), tokens("another key of many bytes").read(token, ACME));
    }
  }

  @Test
  void aTenantCannotBorrowFromASession() {
    var position = new Position(POSITION.address(), POSITION.request(), new SessionId("s"));
    assertEquals(
        Optional.empty(), tokens.read(tokens.issue(position, new TenantId("1acme")), ACME));
  }

  @ParameterizedTest
  @MethodSource("positions")
  void everyChangedBitIsNoticed(Position position) {
    byte[] token = Base64.getUrlDecoder().decode(tokens.issue(position, ACME));
    for (int bit = 0; bit < token.length * 8; bit++) {
      byte[] changed = token.clone();
      changed[bit / 8] ^= (byte) (1 << (bit % 8));
      String text = Base64.getUrlEncoder().withoutPadding().encodeToString(changed);
      assertEquals(Optional.empty(), tokens.read(text, ACME), "bit " + bit);
    }
  }

  @Test
  void whatIsNoTokenAtAllIsNone() {
    assertEquals(Optional.empty(), tokens.read("", ACME));
    assertEquals(Optional.empty(), tokens.read("not base64!", ACME));
    assertEquals(Optional.empty(), tokens.read("AAAA", ACME));
  }

  @Test
  void aShortKeyIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> tokens("short"));
  }

  private static ResumeTokenCodec tokens(String key) {
    return new ResumeTokenCodec(key.getBytes(UTF_8));
  }
}
