package io.anyserve.jinja.syntax;

import io.anyserve.jinja.value.SequenceValue;
import io.anyserve.jinja.value.TemplateException;
import io.anyserve.jinja.value.TrackedText;
import io.anyserve.jinja.value.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses literals, names and what is attached to them: attributes, subscripts, calls, filters. */
final class OperandParser {

  private final TokenCursor cursor;
  private final ExpressionParser expressions;

  OperandParser(TokenCursor cursor, ExpressionParser expressions) {
    this.cursor = cursor;
    this.expressions = expressions;
  }

  Expr primary() {
    int line = cursor.line();
    return switch (cursor.peek().kind()) {
      case NAME -> name(cursor.next());
      case STRING -> new Expr.Literal(line, strings());
      case INTEGER -> new Expr.Literal(line, integer(cursor.next()));
      case FLOAT ->
          new Expr.Literal(line, new Value.Real(Double.parseDouble(cursor.next().text())));
      case OPERATOR -> bracketed();
      case DATA, OUTPUT_BEGIN, OUTPUT_END, TAG_BEGIN, TAG_END, END ->
          throw cursor.unexpected("an expression");
    };
  }

  Expr withPostfix(Expr operand) {
    Expr value = operand;
    while (true) {
      int line = cursor.line();
      if (cursor.takesOperator(".")) {
        value = attribute(line, value);
      } else if (cursor.takesOperator("[")) {
        value = subscript(line, value);
      } else if (cursor.atOperator("(")) {
        value = new Expr.Call(line, value, expressions.actuals());
      } else {
        return value;
      }
    }
  }

  Expr withFilters(Expr operand) {
    Expr value = operand;
    while (true) {
      int line = cursor.line();
      if (cursor.takesOperator("|")) {
        value = new Expr.Filtered(line, value, expressions.filter());
      } else if (cursor.takesName("is")) {
        value = expressions.test(value);
      } else if (cursor.atOperator("(")) {
        value = new Expr.Call(line, value, expressions.actuals());
      } else {
        return value;
      }
    }
  }

  private static Expr name(Token token) {
    return switch (token.text()) {
      case "true", "True" -> new Expr.Literal(token.line(), Value.Bool.TRUE);
      case "false", "False" -> new Expr.Literal(token.line(), Value.Bool.FALSE);
      case "none", "None" -> new Expr.Literal(token.line(), Value.None.NONE);
      default -> new Expr.Name(token.line(), token.text());
    };
  }

  private TrackedText strings() {
    StringBuilder joined = new StringBuilder(cursor.next().text());
    while (cursor.at(Token.Kind.STRING)) {
      joined.append(cursor.next().text());
    }
    return TrackedText.template(joined.toString());
  }

  private static Value integer(Token token) {
    try {
      return new Value.Int(parsed(token.text()));
    } catch (NumberFormatException e) {
      throw TemplateException.syntax(
          token.line(), "integer " + token.text() + " (expected: at most 64 bits)");
    }
  }

  private static long parsed(String digits) {
    String prefix = digits.length() > 1 ? digits.substring(0, 2) : "";
    return switch (prefix) {
      case "0x", "0X" -> Long.parseLong(digits, 2, digits.length(), 16);
      case "0o", "0O" -> Long.parseLong(digits, 2, digits.length(), 8);
      case "0b", "0B" -> Long.parseLong(digits, 2, digits.length(), 2);
      default -> Long.parseLong(digits);
    };
  }

  private Expr bracketed() {
    int line = cursor.line();
    if (cursor.takesOperator("(")) {
      return parenthesized(line);
    }
    if (cursor.takesOperator("[")) {
      return new Expr.Sequence(line, elements(), SequenceValue.Kind.LIST);
    }
    if (cursor.takesOperator("{")) {
      return new Expr.Mapping(line, entries());
    }
    throw cursor.unexpected("an expression");
  }

  private Expr parenthesized(int line) {
    if (cursor.takesOperator(")")) {
      return new Expr.Sequence(line, List.of(), SequenceValue.Kind.TUPLE);
    }
    Expr inside = expressions.expressions();
    cursor.operator(")");
    return inside;
  }

  private List<Expr> elements() {
    List<Expr> elements = new ArrayList<>();
    while (!cursor.takesOperator("]")) {
      elements.add(expressions.expression());
      if (!cursor.atOperator("]")) {
        cursor.operator(",");
      }
    }
    return List.copyOf(elements);
  }

  private List<Expr.Entry> entries() {
    List<Expr.Entry> entries = new ArrayList<>();
    while (!cursor.takesOperator("}")) {
      Expr key = expressions.expression();
      cursor.operator(":");
      entries.add(new Expr.Entry(key, expressions.expression()));
      if (!cursor.atOperator("}")) {
        cursor.operator(",");
      }
    }
    return List.copyOf(entries);
  }

  private Expr attribute(int line, Expr owner) {
    if (cursor.at(Token.Kind.INTEGER)) {
      return new Expr.Subscript(line, owner, new Expr.Literal(line, integer(cursor.next())));
    }
    return new Expr.Attribute(line, owner, cursor.name());
  }

  private Expr subscript(int line, Expr owner) {
    Expr from = cursor.atOperator(":") ? null : expressions.expression();
    if (!cursor.takesOperator(":")) {
      cursor.operator("]");
      if (from == null) {
        throw cursor.unexpected("an index");
      }
      return new Expr.Subscript(line, owner, from);
    }
    Expr to = bound();
    Expr step = cursor.takesOperator(":") ? bound() : null;
    cursor.operator("]");
    return new Expr.Slice(line, owner, from, to, step);
  }

  private @Nullable Expr bound() {
    return cursor.atOperator(":") || cursor.atOperator("]") ? null : expressions.expression();
  }
}
