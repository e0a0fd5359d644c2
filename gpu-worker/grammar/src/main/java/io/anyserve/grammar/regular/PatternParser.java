package io.anyserve.grammar.regular;

import io.anyserve.grammar.regular.Syntax.Alternatives;
import io.anyserve.grammar.regular.Syntax.End;
import io.anyserve.grammar.regular.Syntax.Repeated;
import io.anyserve.grammar.regular.Syntax.Sequence;
import io.anyserve.grammar.regular.Syntax.Start;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the regular part of ECMAScript's patterns in Unicode mode; the rest is refused. */
final class PatternParser {

  private static final int LONGEST = 10_000;
  private static final int DEEPEST = 100;
  private static final int MOST_REPETITIONS = 10_000;

  private final String pattern;
  private int at;
  private int depth;

  private PatternParser(String pattern) {
    this.pattern = pattern;
  }

  static Syntax parse(String pattern) {
    if (pattern.length() > LONGEST) {
      throw InvalidGrammarException.of(
          "pattern of " + pattern.length() + " characters", "at most " + LONGEST);
    }
    var parser = new PatternParser(pattern);
    Syntax syntax = parser.alternatives();
    if (parser.at < pattern.length()) {
      throw parser.refusal("no closing parenthesis without an opening one");
    }
    return syntax;
  }

  private Syntax alternatives() {
    if (++depth > DEEPEST) {
      throw refusal("at most " + DEEPEST + " groups inside each other");
    }
    List<Syntax> parts = new ArrayList<>(List.of(sequence()));
    while (skip('|')) {
      parts.add(sequence());
    }
    depth--;
    return parts.size() == 1 ? parts.getFirst() : new Alternatives(parts);
  }

  private Syntax sequence() {
    List<Syntax> parts = new ArrayList<>();
    while (at < pattern.length() && peek() != '|' && peek() != ')') {
      parts.add(quantified(atom()));
    }
    return parts.size() == 1 ? parts.getFirst() : new Sequence(parts);
  }

  private Syntax quantified(Syntax atom) {
    if (at == pattern.length()) {
      return atom;
    }
    @Nullable Syntax repeated =
        switch (peek()) {
          case '*' -> repeated(atom, 0, Terms.UNBOUNDED);
          case '+' -> repeated(atom, 1, Terms.UNBOUNDED);
          case '?' -> repeated(atom, 0, 1);
          case '{' -> bounds(atom);
          default -> null;
        };
    if (repeated == null) {
      return atom;
    }
    if (at < pattern.length() && "*+?{".indexOf(peek()) >= 0) {
      throw refusal("one quantifier");
    }
    return repeated;
  }

  /** A lazy quantifier matches the same texts. */
  private Syntax repeated(Syntax atom, int min, int max) {
    at++;
    skip('?');
    return repetition(atom, min, max);
  }

  private Syntax bounds(Syntax atom) {
    at++;
    int min = number();
    int max = min;
    if (skip(',')) {
      max = at < pattern.length() && peek() == '}' ? Terms.UNBOUNDED : number();
    }
    if (!skip('}') || (max != Terms.UNBOUNDED && max < min)) {
      throw refusal("{n}, {n,} or {n,m} with n at most m");
    }
    skip('?');
    return repetition(atom, min, max);
  }

  private Syntax repetition(Syntax atom, int min, int max) {
    if (atom instanceof Start || atom instanceof End) {
      throw refusal("no quantifier behind an anchor");
    }
    return new Repeated(atom, min, max);
  }

  private int number() {
    int start = at;
    while (at < pattern.length() && peek() >= '0' && peek() <= '9') {
      at++;
    }
    String digits = pattern.substring(start, at);
    if (digits.isEmpty() || digits.length() > 5 || Integer.parseInt(digits) > MOST_REPETITIONS) {
      throw refusal("a number from 0 to " + MOST_REPETITIONS);
    }
    return Integer.parseInt(digits);
  }

  private Syntax atom() {
    int character = pattern.codePointAt(at);
    return switch (character) {
      case '^' -> anchor(new Start());
      case '$' -> anchor(new End());
      case '(' -> group();
      case '[' -> new Syntax.OneCharacter(bracketed());
      case '.' -> {
        at++;
        yield new Syntax.OneCharacter(CodePoints.NO_LINE_END);
      }
      case '\\' -> new Syntax.OneCharacter(new PatternEscape(pattern, at).read(this::moved, false));
      case '*', '+', '?', '{' -> throw refusal("something to repeat");
      default -> {
        at += Character.charCount(character);
        yield new Syntax.OneCharacter(CodePoints.of(character));
      }
    };
  }

  private Syntax anchor(Syntax anchor) {
    at++;
    return anchor;
  }

  private Syntax group() {
    at++;
    if (skip('?')) {
      if (pattern.startsWith("<", at)
          && !pattern.startsWith("<=", at)
          && !pattern.startsWith("<!", at)
          && pattern.indexOf('>', at) > 0) {
        at = pattern.indexOf('>', at) + 1;
      } else if (!skip(':')) {
        throw refusal("a group, (?:group) or (?<name>group); no look-around and no flags");
      }
    }
    Syntax inner = alternatives();
    if (!skip(')')) {
      throw refusal("a closing parenthesis");
    }
    return inner;
  }

  private CodePoints bracketed() {
    at++;
    boolean negated = skip('^');
    CodePoints set = CodePoints.NONE;
    while (at < pattern.length() && peek() != ']') {
      CodePoints first = member();
      if (at + 1 < pattern.length() && peek() == '-' && pattern.charAt(at + 1) != ']') {
        at++;
        set = set.or(between(first, member()));
      } else {
        set = set.or(first);
      }
    }
    if (!skip(']')) {
      throw refusal("a closing bracket");
    }
    return negated ? set.complement() : set;
  }

  private CodePoints between(CodePoints first, CodePoints last) {
    if (!single(first)
        || !single(last)
        || first.ranges().getFirst().from() > last.ranges().getFirst().from()) {
      throw refusal("a range from one character to a later one");
    }
    return CodePoints.range(first.ranges().getFirst().from(), last.ranges().getFirst().from());
  }

  private static boolean single(CodePoints set) {
    return set.ranges().size() == 1
        && set.ranges().getFirst().from() == set.ranges().getFirst().to();
  }

  private CodePoints member() {
    int character = pattern.codePointAt(at);
    if (character == '\\') {
      return new PatternEscape(pattern, at).read(this::moved, true);
    }
    at += Character.charCount(character);
    return CodePoints.of(character);
  }

  private void moved(int to) {
    at = to;
  }

  private char peek() {
    return pattern.charAt(at);
  }

  private boolean skip(char expected) {
    if (at < pattern.length() && peek() == expected) {
      at++;
      return true;
    }
    return false;
  }

  private InvalidGrammarException refusal(String expected) {
    return InvalidGrammarException.of("pattern \"" + pattern + "\" at character " + at, expected);
  }
}
