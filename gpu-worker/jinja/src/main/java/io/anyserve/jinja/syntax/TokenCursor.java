package io.anyserve.jinja.syntax;

import io.anyserve.jinja.value.TemplateException;
import java.util.List;

/** Reads tokens one by one; both parsers move the same cursor. */
final class TokenCursor {

  /** Deeper than any template a person wrote, shallower than the stack. */
  private static final int MOST_NESTED = 100;

  private final List<Token> tokens;
  private int position;
  private int depth;

  TokenCursor(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(position);
  }

  Token next() {
    Token token = peek();
    if (token.kind() != Token.Kind.END) {
      position++;
    }
    return token;
  }

  int line() {
    return peek().line();
  }

  boolean at(Token.Kind kind) {
    return peek().kind() == kind;
  }

  boolean atOperator(String operator) {
    return peek().is(Token.Kind.OPERATOR, operator);
  }

  boolean atName(String name) {
    return peek().is(Token.Kind.NAME, name);
  }

  boolean takesOperator(String operator) {
    boolean found = atOperator(operator);
    if (found) {
      next();
    }
    return found;
  }

  boolean takesName(String name) {
    boolean found = atName(name);
    if (found) {
      next();
    }
    return found;
  }

  /** Whether the next two words are these names; takes both if so. */
  boolean takesNames(String first, String second) {
    boolean found = atName(first) && tokens.get(position + 1).is(Token.Kind.NAME, second);
    if (found) {
      position += 2;
    }
    return found;
  }

  /** Whether a keyword argument begins here. */
  boolean atNamedArgument() {
    return at(Token.Kind.NAME) && tokens.get(position + 1).is(Token.Kind.OPERATOR, "=");
  }

  void operator(String operator) {
    if (!takesOperator(operator)) {
      throw unexpected("'" + operator + "'");
    }
  }

  void keyword(String name) {
    if (!takesName(name)) {
      throw unexpected("'" + name + "'");
    }
  }

  String name() {
    return take(Token.Kind.NAME, "a name").text();
  }

  Token take(Token.Kind kind, String expected) {
    if (!at(kind)) {
      throw unexpected(expected);
    }
    return next();
  }

  TemplateException unexpected(String expected) {
    return TemplateException.syntax(
        line(), "unexpected %s (expected: %s)".formatted(peek().shown(), expected));
  }

  void enter() {
    if (++depth > MOST_NESTED) {
      throw TemplateException.syntax(line(), "nested deeper than %d levels".formatted(MOST_NESTED));
    }
  }

  void leave() {
    depth--;
  }
}
