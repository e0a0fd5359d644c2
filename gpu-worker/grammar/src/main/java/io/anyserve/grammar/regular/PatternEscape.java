package io.anyserve.grammar.regular;

import java.util.function.IntConsumer;

/** What stands behind a backslash of a pattern. */
record PatternEscape(String pattern, int start) {

  /** Characters that a backslash makes ordinary. */
  private static final String SYNTAX = "^$\\.*+?()[]{}|/-\"'#&,:;<=>@!%`~_ ";

  CodePoints read(IntConsumer end, boolean bracketed) {
    int next = start + 1;
    if (next == pattern.length()) {
      throw refusal("a character behind the backslash");
    }
    char kind = pattern.charAt(next);
    end.accept(next + 1);
    return switch (kind) {
      case 'd' -> CodePoints.DIGITS;
      case 'D' -> CodePoints.DIGITS.complement();
      case 'w' -> CodePoints.WORD;
      case 'W' -> CodePoints.WORD.complement();
      case 's' -> CodePoints.SPACE;
      case 'S' -> CodePoints.SPACE.complement();
      case 'n' -> CodePoints.of('\n');
      case 'r' -> CodePoints.of('\r');
      case 't' -> CodePoints.of('\t');
      case 'f' -> CodePoints.of('\f');
      case 'v' -> CodePoints.of('\u000b');
      case '0' -> CodePoints.of(0);
      case 'x' -> hexadecimal(end, next + 1, 2);
      case 'u' -> unicode(end, next + 1);
      case 'b' -> backspace(bracketed);
      default -> ordinary(kind);
    };
  }

  private CodePoints unicode(IntConsumer end, int from) {
    if (!pattern.startsWith("{", from)) {
      return hexadecimal(end, from, 4);
    }
    int close = pattern.indexOf('}', from);
    if (close < 0 || close - from > 7) {
      throw refusal("\\u{1f600} or \\u00e9");
    }
    CodePoints character = hexadecimal(end, from + 1, close - from - 1);
    end.accept(close + 1);
    return character;
  }

  private CodePoints hexadecimal(IntConsumer end, int from, int digits) {
    int to = from + digits;
    if (digits < 1
        || to > pattern.length()
        || !pattern
            .substring(from, to)
            .chars()
            .allMatch(c -> Character.digit(c, 16) >= 0 && c < 128)) {
      throw refusal(digits + " hexadecimal digits");
    }
    int character = Integer.parseInt(pattern.substring(from, to), 16);
    boolean surrogate =
        character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
    if (surrogate || character > Character.MAX_CODE_POINT) {
      throw refusal("a character that is no surrogate");
    }
    end.accept(to);
    return CodePoints.of(character);
  }

  private CodePoints backspace(boolean bracketed) {
    if (!bracketed) {
      throw refusal("no \\b");
    }
    return CodePoints.of('\b');
  }

  private CodePoints ordinary(char character) {
    if (SYNTAX.indexOf(character) < 0) {
      throw refusal(
          "\\d \\D \\w \\W \\s \\S \\n \\r \\t \\f \\v \\0 \\x \\u or a punctuation mark");
    }
    return CodePoints.of(character);
  }

  private InvalidGrammarException refusal(String expected) {
    return InvalidGrammarException.of(
        "pattern \"" + pattern + "\" at character " + start, expected);
  }
}
