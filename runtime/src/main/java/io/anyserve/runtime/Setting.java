package io.anyserve.runtime;

/**
 * One key of a table, as the code that reads it describes it.
 *
 * @param value its type and what it may be, such as {@code whole number from 1 to 64}
 * @param otherwise its default, or in words what applies where it is absent
 * @param meaning what it does, with its unit
 */
public record Setting(String key, String value, String otherwise, String meaning) {

  public Setting {
    if (meaning.isBlank()) {
      throw new IllegalArgumentException(key + ": no meaning (expected: what the setting does)");
    }
  }
}
