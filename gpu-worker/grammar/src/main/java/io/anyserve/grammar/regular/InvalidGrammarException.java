package io.anyserve.grammar.regular;

/** Why a schema or a pattern is refused: where, what was given, and what is expected. */
public final class InvalidGrammarException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private static final int LONGEST = 100;

  private final String place;

  private InvalidGrammarException(String place, String problem) {
    super(place.isEmpty() ? problem : place + ": " + problem);
    this.place = place;
  }

  /** Of a pattern, or of something whose place the caller knows. */
  public static InvalidGrammarException of(String given, String expected) {
    return new InvalidGrammarException("", problem(given, expected));
  }

  /**
   * Of a keyword of a schema.
   *
   * @param pointer the JSON pointer of the keyword, as a URI fragment
   */
  public static InvalidGrammarException at(String pointer, String given, String expected) {
    return new InvalidGrammarException(pointer, problem(given, expected));
  }

  /** The same refusal with its place, unless it has one already. */
  public InvalidGrammarException at(String pointer) {
    if (!place.isEmpty()) {
      return this;
    }
    var placed = new InvalidGrammarException(pointer, String.valueOf(getMessage()));
    placed.setStackTrace(getStackTrace());
    return placed;
  }

  private static String problem(String given, String expected) {
    String shown = given.length() > LONGEST ? given.substring(0, LONGEST) + "…" : given;
    return shown + " (expected: " + expected + ")";
  }
}
