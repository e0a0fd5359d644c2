package io.anyserve.contracts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.validation.Utf8;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IdentifiersTest {

  @Test
  void requestIdsAreVersion7AndSortByTime() {
    RequestId earlier = RequestId.next(1_000, new Random(1));
    RequestId later = RequestId.next(1_001, new Random(1));

    assertEquals(7, UUID.fromString(earlier.toString()).version());
    assertEquals(2, UUID.fromString(earlier.toString()).variant());
    assertTrue(earlier.toString().compareTo(later.toString()) < 0);
  }

  @Test
  void idsThatAnIngressGivesAreVersion8AndSortByTime() {
    RequestId earlier = RequestId.nextOfIngress(1_000, new Random(1));
    RequestId later = RequestId.nextOfIngress(1_001, new Random(1));

    assertEquals(8, UUID.fromString(earlier.toString()).version());
    assertEquals(2, UUID.fromString(earlier.toString()).variant());
    assertTrue(earlier.toString().compareTo(later.toString()) < 0);
    assertTrue(earlier.givenByIngress());
    assertFalse(RequestId.next(1_000, new Random(1)).givenByIngress());
  }

  @Test
  void requestIdsSurviveTextAndBytes() {
    RequestId id = RequestId.next(1_700_000_000_000L, new Random(3));

    assertEquals(id, RequestId.parse(id.toString()));
    assertEquals(id, RequestId.of(id.bytes()));
    assertThrows(IllegalArgumentException.class, () -> RequestId.parse("nonsense"));
    assertThrows(IllegalArgumentException.class, () -> RequestId.of(new byte[15]));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "-a", "a-", "a/b", "a..", "a\0", "é"})
  void tenantsAreRefusedWithTheirValue(String value) {
    var e = assertThrows(IllegalArgumentException.class, () -> new TenantId(value));
    assertTrue(String.valueOf(e.getMessage()).startsWith("tenant: \""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "../x", ".a", "a b"})
  void sessionsAreRefused(String value) {
    assertThrows(IllegalArgumentException.class, () -> new SessionId(value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"story", "qwen2.5-0.5b", "a"})
  void capabilities(String value) {
    assertEquals(value, new Capability(value).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\0b", "\ud800", "x\udc00"})
  void textThatCannotTravelIsRefused(String value) {
    assertThrows(IllegalArgumentException.class, () -> new Payload.Text(value));
  }

  @Test
  void namesAreMeasuredToTheirLastCharacter() {
    assertEquals(64, new Capability("c".repeat(64)).value().length());
    assertThrows(IllegalArgumentException.class, () -> new Capability("c".repeat(65)));
    assertEquals(128, new WorkerId("W" + "-".repeat(127)).value().length());
    var e = assertThrows(IllegalArgumentException.class, () -> new WorkerId("w".repeat(129)));
    assertTrue(String.valueOf(e.getMessage()).endsWith("[A-Za-z0-9][A-Za-z0-9._-]{0,127})"));
  }

  @ParameterizedTest
  @CsvSource({"abc,3", "é,2", "€,3", "😀,4", "a€😀,8"})
  void utf8Lengths(String text, long bytes) {
    assertEquals(bytes, Utf8.length(text));
  }
}
