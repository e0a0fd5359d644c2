package io.anyserve.runtime.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ApiKeysTest {

  private final ApiKeys keys =
      new ApiKeys(List.of(key("a-1", "secret-a", "acme"), key("b-1", "secret-b", "other")));

  @Test
  void eachKeyLeadsToItsTenant() {
    assertEquals(new Caller(new TenantId("acme"), "a-1"), keys.authenticate("Bearer secret-a"));
    assertEquals(new Caller(new TenantId("other"), "b-1"), keys.authenticate("bearer  secret-b "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer ",
        "Bearer secret-c",
        "Basic secret-a",
        "secret-a",
        "Bearer SECRET-A"
      })
  void allElseIsRefused(String header) {
    var thrown = assertThrows(FailureException.class, () -> keys.authenticate(header));
    assertEquals(FailureCode.UNAUTHENTICATED, thrown.failure().code());
  }

  @Test
  void aMissingHeaderIsRefused() {
    assertThrows(FailureException.class, () -> keys.authenticate(null));
  }

  @Test
  void withoutKeysEverybodyIsTheSame() {
    var open = new ApiKeys(List.of());
    assertEquals(Caller.ANONYMOUS, open.authenticate(null));
    assertEquals(Caller.ANONYMOUS, open.authenticate("Bearer whatever"));
  }

  @Test
  void onlyKeysThatSayItAreAdmins() {
    var one = key("root", "secret", "acme");
    var admin = new ApiKeys(List.of(new ApiKey(one.id(), one.sha256(), one.tenant(), true)));
    assertEquals(
        new Caller(new TenantId("acme"), "root", true), admin.authenticate("Bearer secret"));
    assertEquals(
        new Caller(new TenantId("acme"), "a-1", false), keys.authenticate("Bearer secret-a"));
  }

  @Test
  void anIdIsUsedOnce() {
    var twice = List.of(key("a-1", "x", "acme"), key("a-1", "y", "acme"));
    assertThrows(IllegalArgumentException.class, () -> new ApiKeys(twice));
  }

  @Test
  void aKeyIsAHashAndAName() {
    var tenant = new TenantId("acme");
    assertThrows(IllegalArgumentException.class, () -> new ApiKey("a-1", "secret", tenant));
    assertThrows(IllegalArgumentException.class, () -> new ApiKey("a b", "0".repeat(64), tenant));
  }

  @Test
  void nobodyCallsOutsideOfACall() {
    var thrown = assertThrows(FailureException.class, Caller::current);
    assertEquals(FailureCode.UNAUTHENTICATED, thrown.failure().code());
  }

  static ApiKey key(String id, String secret, String tenant) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
      return new ApiKey(id, HexFormat.of().formatHex(hash), new TenantId(tenant));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
