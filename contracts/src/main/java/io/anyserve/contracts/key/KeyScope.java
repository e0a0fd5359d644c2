package io.anyserve.contracts.key;

import io.anyserve.contracts.validation.Preconditions;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What a key opens. */
public enum KeyScope {
  /** Requests, their streams and objects, and what workers offer. */
  INFER,
  /** The usage of the key's tenant. */
  USAGE,
  /** Keys and usage of every tenant. */
  ADMIN;

  /** Reads the text form; throws IllegalArgumentException for anything else. */
  public static KeyScope parse(String text) {
    return Stream.of(values())
        .filter(scope -> scope.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                Preconditions.refused(
                    "scope", Preconditions.printable(text), "one of " + List.of(values())));
  }

  /** In lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
