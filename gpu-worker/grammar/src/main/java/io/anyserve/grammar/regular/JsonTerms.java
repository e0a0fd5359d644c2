package io.anyserve.grammar.regular;

/** The words of JSON, as a model may write them. All grammars share them. */
public final class JsonTerms {

  /** Digits before the point: what fits a signed integer of 64 bits. */
  static final int DIGITS = 18;

  /** Digits behind the point. */
  static final int FRACTION_DIGITS = 17;

  private static final int MOST_INDENTATION = 32;

  private static final Terms TERMS = new Terms();

  private static final Term HEXADECIMAL = matching("[0-9a-fA-F]");
  private static final Term DIGIT = matching("[0-9]");

  /** The end of a word. */
  public static final Term EMPTY = TERMS.empty();

  /**
   * What may stand between words: nothing, one space, or a line end and at most 32 spaces of
   * indentation.
   */
  public static final Term SPACE =
      TERMS.union(
          TERMS.empty(),
          TERMS.literal(" "),
          TERMS.concat(TERMS.literal("\n"), TERMS.repeat(TERMS.literal(" "), 0, MOST_INDENTATION)));

  /** A character of a string with the shortest escape where it needs one. */
  public static final Term CHARACTER = Spelling.JSON.of(TERMS, CodePoints.ALL);

  /** A character of a string with any escape; a surrogate never without the other. */
  public static final Term ANY_CHARACTER = TERMS.union(CHARACTER, escaped());

  /** What stands between the quotes of a string. */
  public static final Term STRING_BODY = TERMS.repeat(ANY_CHARACTER, 0, Terms.UNBOUNDED);

  /** A string with its quotes. */
  public static final Term STRING = quoted(TERMS, STRING_BODY);

  /** A property's name and the quote behind it, spelled in one way only. */
  public static final Term NAME_BODY = TERMS.repeat(CHARACTER, 0, Terms.UNBOUNDED);

  /** Digits without a sign, and without a zero before others. */
  static final Term NATURAL =
      TERMS.union(
          TERMS.literal("0"), TERMS.concat(matching("[1-9]"), TERMS.repeat(DIGIT, 0, DIGITS - 1)));

  /** A point and digits. */
  static final Term FRACTION =
      TERMS.concat(TERMS.literal("."), TERMS.repeat(DIGIT, 1, FRACTION_DIGITS));

  /** An integer of at most 18 digits, without fraction and exponent. */
  public static final Term INTEGER =
      TERMS.union(
          TERMS.literal("0"),
          TERMS.concat(
              TERMS.optional(TERMS.literal("-")),
              matching("[1-9]"),
              TERMS.repeat(DIGIT, 0, DIGITS - 1)));

  /** A number of bounded length that is a finite double. */
  public static final Term NUMBER =
      TERMS.concat(
          TERMS.optional(TERMS.literal("-")),
          NATURAL,
          TERMS.optional(FRACTION),
          TERMS.optional(
              TERMS.concat(
                  matching("[eE]"), TERMS.optional(matching("[+-]")), TERMS.repeat(DIGIT, 1, 2))));

  private static final Term NAME_REST = TERMS.concat(NAME_BODY, TERMS.literal("\""));

  static {
    for (Term term : new Term[] {SPACE, STRING, NUMBER, INTEGER, NAME_REST}) {
      Exploration.withoutDeadEnds(term);
    }
    TERMS.complete();
  }

  private JsonTerms() {}

  /** Those of one grammar, which knows these words already. */
  public static Terms terms() {
    return new Terms(TERMS);
  }

  public static Term quoted(Terms terms, Term body) {
    return terms.concat(terms.literal("\""), body, terms.literal("\""));
  }

  private static Term escaped() {
    Term letter = TERMS.concat(TERMS.literal("\\"), matching("[\"\\\\/bfnrt]"));
    Term single =
        TERMS.union(
            TERMS.concat(matching("[0-9abcefABCEF]"), TERMS.repeat(HEXADECIMAL, 3, 3)),
            TERMS.concat(matching("[dD]"), matching("[0-7]"), TERMS.repeat(HEXADECIMAL, 2, 2)));
    Term high = surrogate("[89abAB]");
    Term low = surrogate("[c-fC-F]");
    return TERMS.union(
        letter,
        TERMS.concat(TERMS.literal("\\u"), single),
        TERMS.concat(TERMS.literal("\\u"), high, TERMS.literal("\\u"), low));
  }

  private static Term surrogate(String second) {
    return TERMS.concat(matching("[dD]"), matching(second), TERMS.repeat(HEXADECIMAL, 2, 2));
  }

  private static Term matching(String pattern) {
    return new Patterns(TERMS, Spelling.PLAIN).whole(pattern);
  }
}
