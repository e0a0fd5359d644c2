package io.anyserve.runtime.auth;

import io.anyserve.contracts.TenantId;
import java.util.regex.Pattern;

/**
 * A key that opens the API for one tenant.
 *
 * @param id public; appears in the ledger
 * @param sha256 of the key's UTF-8 bytes, 64 lower-case hexadecimal digits
 * @param admin may ask what other tenants used
 */
public record ApiKey(String id, String sha256, TenantId tenant, boolean admin) {

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

  public ApiKey {
    require(ID, "id", id);
    require(SHA_256, "sha256", sha256);
  }

  /** Of one tenant alone. */
  public ApiKey(String id, String sha256, TenantId tenant) {
    this(id, sha256, tenant, false);
  }

  private static void require(Pattern pattern, String name, String value) {
    if (!pattern.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "key " + name + ": \"" + value + "\" (expected: a match of " + pattern.pattern() + ")");
    }
  }
}
