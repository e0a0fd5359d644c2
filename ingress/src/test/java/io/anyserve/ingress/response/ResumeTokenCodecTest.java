package io.anyserve.ingress.response;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.ingress.response.ResumeTokenCodec.Position;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ResumeTokenCodecTest {

  private static final TenantId ACME = new TenantId("acme");
  private static final Position POSITION =
      new Position(new ReplyTo(3, 123_456_789_012L), new RequestId(-1, 77), new SessionId("s-1"));

  private final ResumeTokenCodec tokens = tokens("a key of thirty-two bytes, or so");

  @Test
  void aTokenLeadsBackToItsPosition() {
    assertEquals(Optional.of(POSITION), tokens.read(tokens.issue(POSITION, ACME), ACME));
  }

  @Test
  void anotherIngressWithTheSameKeyReadsIt() {
    var other = tokens("a key of thirty-two bytes, or so");
    assertEquals(Optional.of(POSITION), other.read(tokens.issue(POSITION, ACME), ACME));
  }

  @Test
  void anotherTenantOrKeyDoesNot() {
    String token = tokens.issue(POSITION, ACME);
    assertEquals(Optional.empty(), tokens.read(token, new TenantId("other")));
    assertEquals(Optional.empty(), tokens("another key of many bytes").read(token, ACME));
  }

  @Test
  void everyChangedBitIsNoticed() {
    byte[] token = Base64.getUrlDecoder().decode(tokens.issue(POSITION, ACME));
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
    return new ResumeTokenCodec(key.getBytes(StandardCharsets.UTF_8));
  }
}
