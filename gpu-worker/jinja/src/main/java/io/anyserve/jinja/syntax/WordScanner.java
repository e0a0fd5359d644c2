package io.anyserve.jinja.syntax;

import io.anyserve.jinja.value.TemplateException;
import io.anyserve.jinja.value.Whitespace;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts the inside of one tag into words, up to its closing sign. */
final class WordScanner {

  private static final Pattern FLOAT =
      Pattern.compile(
          "(?<!\\.)[0-9][0-9_]*(?:\\.[0-9][0-9_]*)?[eE][+-]?[0-9][0-9_]*"
              + "|(?<!\\.)[0-9][0-9_]*\\.[0-9][0-9_]*");
  private static final Pattern INTEGER =
      Pattern.compile("0[bB][01_]+|0[oO][0-7_]+|0[xX][0-9a-fA-F_]+|[0-9][0-9_]*");
  private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}\\p{M}_]*");
  private static final Pattern OPERATOR =
      Pattern.compile("//|\\*\\*|==|!=|>=|<=|[-+/*%~\\[\\](){}<>=.:|,;]");

  private final String source;
  private final String close;
  private final Matcher matcher;
  private final Deque<String> brackets = new ArrayDeque<>();
  private int position;
  private int line;

  WordScanner(String source, int position, int line, String close) {
    this.source = source;
    this.position = position;
    this.line = line;
    this.close = close;
    this.matcher = NAME.matcher(source).useTransparentBounds(true);
  }

  /** Adds the words of the tag and returns the index of its closing sign. */
  int scanInto(List<Token> tokens) {
    int opened = line;
    for (skipWhitespace(); !closes(); skipWhitespace()) {
      if (position == source.length()) {
        throw TemplateException.syntax(opened, "a tag is never closed (expected: " + close + ")");
      }
      tokens.add(word());
    }
    return position;
  }

  /** A sign closes the tag only outside brackets, so that a nested dict may end in two braces. */
  private boolean closes() {
    if (!brackets.isEmpty()) {
      return false;
    }
    return source.startsWith(close, position)
        || source.startsWith("-" + close, position)
        || (close.equals("%}") && source.startsWith("+" + close, position));
  }

  private Token word() {
    int at = line;
    if (finds(FLOAT)) {
      return new Token(Token.Kind.FLOAT, taken().replace("_", ""), at);
    }
    if (finds(INTEGER)) {
      return new Token(Token.Kind.INTEGER, taken().replace("_", ""), at);
    }
    if (finds(NAME)) {
      return new Token(Token.Kind.NAME, taken(), at);
    }
    if (source.charAt(position) == '\'' || source.charAt(position) == '"') {
      return new Token(Token.Kind.STRING, StringLiteral.decode(quoted(), at), at);
    }
    if (finds(OPERATOR)) {
      return new Token(Token.Kind.OPERATOR, balanced(taken()), at);
    }
    throw TemplateException.syntax(
        line,
        "unexpected character '%s' in a tag"
            .formatted(Character.toString(source.codePointAt(position))));
  }

  private String quoted() {
    char quote = source.charAt(position);
    int end = position + 1;
    while (end < source.length() && source.charAt(end) != quote) {
      end += source.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= source.length()) {
      throw TemplateException.syntax(line, "a string is never closed (expected: " + quote + ")");
    }
    String word = source.substring(position, end + 1);
    moveTo(end + 1);
    return word;
  }

  private boolean finds(Pattern pattern) {
    return matcher.usePattern(pattern).region(position, source.length()).lookingAt();
  }

  private String taken() {
    String word = matcher.group();
    moveTo(matcher.end());
    return word;
  }

  private String balanced(String operator) {
    switch (operator) {
      case "(" -> brackets.push(")");
      case "[" -> brackets.push("]");
      case "{" -> brackets.push("}");
      case ")", "]", "}" -> {
        String expected = brackets.isEmpty() ? "an opening bracket before it" : brackets.pop();
        if (!expected.equals(operator)) {
          throw TemplateException.syntax(
              line, "unexpected '%s' (expected: %s)".formatted(operator, expected));
        }
      }
      default -> {}
    }
    return operator;
  }

  private void skipWhitespace() {
    moveTo(Whitespace.end(source, position));
  }

  private void moveTo(int end) {
    for (int i = position; i < end; i++) {
      if (source.charAt(i) == '\n') {
        line++;
      }
    }
    position = end;
  }
}
