package io.anyserve.contracts.key;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.validation.Preconditions;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * Whose a key is and what it opens.
 *
 * @param name for people, on one line; may be empty
 */
public record KeyGrant(TenantId tenant, String name, Set<KeyScope> scopes) {

  /** What a key opens unless somebody says otherwise. */
  public static final Set<KeyScope> USUAL_SCOPES =
      Collections.unmodifiableSet(EnumSet.of(KeyScope.INFER, KeyScope.USAGE));

  private static final int LONGEST_NAME = 128;

  public KeyGrant {
    Preconditions.line("key name", name);
    Preconditions.that(
        name.length() <= LONGEST_NAME,
        "key name",
        name.length() + " characters",
        "at most " + LONGEST_NAME);
    Preconditions.that(!scopes.isEmpty(), "key scopes", scopes, "at least one");
    scopes = Collections.unmodifiableSet(EnumSet.copyOf(scopes));
  }
}
