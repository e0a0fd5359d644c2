package io.anyserve.grammar.regular;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** The texts of numbers between bounds. Decimals are written without an exponent then. */
public final class Numbers {

  private static final BigInteger LARGEST =
      BigInteger.TEN.pow(JsonTerms.DIGITS).subtract(BigInteger.ONE);
  private static final BigDecimal WHOLE = BigDecimal.ONE;
  private static final int LARGEST_DIVISOR = 2_000;

  private final Terms terms;

  public Numbers(Terms terms) {
    this.terms = terms;
  }

  /**
   * One end of a range.
   *
   * @param open whether the value itself lies outside
   */
  public record Bound(BigDecimal value, boolean open) {}

  /** Decimals at least so large. */
  public Term decimalsFrom(Bound low) {
    if (low.value.signum() < 0 || (low.value.signum() == 0 && !low.open)) {
      Bound size = new Bound(low.value.negate(), low.open);
      return terms.union(naturals(), negative(atMost(size)));
    }
    return atLeast(low);
  }

  /** Decimals at most so large. */
  public Term decimalsTo(Bound high) {
    Bound size = new Bound(high.value.negate(), high.open);
    if (high.value.signum() > 0 || (high.value.signum() == 0 && !high.open)) {
      return terms.union(atMost(high), negative(naturals()));
    }
    return negative(atLeast(size));
  }

  /** Multiples of an integer, or numbers of a few decimal places. */
  public Term multiples(BigDecimal divisor) {
    BigDecimal plain = divisor.stripTrailingZeros();
    if (plain.signum() > 0
        && plain.unscaledValue().equals(BigInteger.ONE)
        && plain.scale() > 0
        && plain.scale() <= JsonTerms.FRACTION_DIGITS) {
      Term places = terms.concat(terms.literal("."), terms.repeat(digit(), 1, plain.scale()));
      return terms.concat(sign(), JsonTerms.NATURAL, terms.optional(places));
    }
    if (plain.signum() <= 0
        || plain.remainder(WHOLE).signum() != 0
        || plain.compareTo(BigDecimal.valueOf(LARGEST_DIVISOR)) > 0) {
      throw InvalidGrammarException.of(
          divisor.toString(),
          "an integer from 1 to " + LARGEST_DIVISOR + ", or 0.1, 0.01 and so on");
    }
    Term multiple = terms.concat(sign(), terms.multiple(plain.intValueExact()));
    return terms.intersection(JsonTerms.INTEGER, multiple);
  }

  /** As a value of that number is written. */
  public Term value(BigDecimal value) {
    BigDecimal plain = value.stripTrailingZeros();
    return terms.literal(
        plain.scale() <= 0 ? plain.toBigInteger().toString() : plain.toPlainString());
  }

  /** Integers of no sign between two of no sign. */
  private Term naturals(BigInteger low, BigInteger high) {
    if (low.compareTo(high) > 0 || low.compareTo(LARGEST) > 0) {
      return terms.nothing();
    }
    String first = low.toString();
    String last = high.min(LARGEST).toString();
    if (first.length() == last.length()) {
      return digits(first, last);
    }
    List<Term> parts = new ArrayList<>();
    parts.add(digits(first, "9".repeat(first.length())));
    if (last.length() - first.length() > 1) {
      Term more = terms.repeat(digit(), first.length(), last.length() - 2);
      parts.add(terms.concat(digit('1', '9'), more));
    }
    parts.add(digits("1" + "0".repeat(last.length() - 1), last));
    return terms.union(parts);
  }

  /** Digits between two of the same length. */
  private Term digits(String low, String high) {
    if (low.isEmpty()) {
      return terms.empty();
    }
    int length = low.length() - 1;
    if (low.equals("1" + "0".repeat(length)) && high.equals("9" + "9".repeat(length))) {
      return terms.concat(digit('1', '9'), terms.repeat(digit(), length, length));
    }
    char first = low.charAt(0);
    char last = high.charAt(0);
    if (first == last) {
      return terms.concat(digit(first, first), digits(low.substring(1), high.substring(1)));
    }
    return terms.union(
        terms.concat(digit(first, first), digits(low.substring(1), "9".repeat(length))),
        terms.concat(
            digit((char) (first + 1), (char) (last - 1)), terms.repeat(digit(), length, length)),
        terms.concat(digit(last, last), digits("0".repeat(length), high.substring(1))));
  }

  private Term atLeast(Bound bound) {
    BigInteger whole = bound.value.toBigInteger();
    return decimals(
        terms.union(
            terms.concat(
                naturals(whole.add(BigInteger.ONE), LARGEST), terms.optional(JsonTerms.FRACTION)),
            terms.concat(terms.literal(whole.toString()), fractionFrom(bound))));
  }

  private Term atMost(Bound bound) {
    BigInteger whole = bound.value.toBigInteger();
    return decimals(
        terms.union(
            terms.concat(
                naturals(BigInteger.ZERO, whole.subtract(BigInteger.ONE)),
                terms.optional(JsonTerms.FRACTION)),
            terms.concat(terms.literal(whole.toString()), fractionTo(bound))));
  }

  private Term fractionFrom(Bound bound) {
    String places = places(bound.value);
    Term more = bound.open ? terms.concat(zeros(), digit('1', '9'), anyDigits()) : anyDigits();
    List<Term> parts = new ArrayList<>();
    for (int i = 0; i < places.length(); i++) {
      Term larger = digit((char) (places.charAt(i) + 1), '9');
      parts.add(terms.concat(terms.literal(places.substring(0, i)), larger, anyDigits()));
    }
    parts.add(terms.concat(terms.literal(places), more));
    Term behindPoint = terms.concat(terms.literal("."), terms.union(parts));
    return places.isEmpty() && !bound.open ? terms.optional(behindPoint) : behindPoint;
  }

  private Term fractionTo(Bound bound) {
    String places = places(bound.value);
    List<Term> parts = new ArrayList<>();
    for (int i = 0; i < places.length(); i++) {
      Term smaller = digit('0', (char) (places.charAt(i) - 1));
      parts.add(terms.concat(terms.literal(places.substring(0, i)), smaller, anyDigits()));
      if (i > 0) {
        parts.add(terms.literal(places.substring(0, i)));
      }
    }
    if (!bound.open) {
      parts.add(terms.concat(terms.literal(places), zeros()));
    }
    Term behindPoint = terms.concat(terms.literal("."), terms.union(parts));
    return places.isEmpty() && bound.open ? terms.nothing() : terms.optional(behindPoint);
  }

  /** Only what is written like a decimal of bounded length. */
  private Term decimals(Term term) {
    return terms.intersection(term, naturals());
  }

  private Term naturals() {
    return terms.concat(JsonTerms.NATURAL, terms.optional(JsonTerms.FRACTION));
  }

  private Term negative(Term size) {
    return terms.concat(terms.literal("-"), size);
  }

  private Term sign() {
    return terms.optional(terms.literal("-"));
  }

  private Term zeros() {
    return terms.repeat(terms.literal("0"), 0, Terms.UNBOUNDED);
  }

  private Term anyDigits() {
    return terms.repeat(digit(), 0, Terms.UNBOUNDED);
  }

  private Term digit() {
    return digit('0', '9');
  }

  private Term digit(char from, char to) {
    return from > to ? terms.nothing() : terms.oneOf(ByteSet.range(from, to));
  }

  /** The decimal places of a number, without zeros at their end. */
  private static String places(BigDecimal value) {
    BigDecimal rest = value.remainder(WHOLE).abs().stripTrailingZeros();
    if (rest.signum() == 0) {
      return "";
    }
    return rest.toPlainString().substring(2);
  }
}
