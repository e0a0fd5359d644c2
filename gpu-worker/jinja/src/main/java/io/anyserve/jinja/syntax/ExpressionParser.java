package io.anyserve.jinja.syntax;

import io.anyserve.jinja.value.SequenceValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses expressions with the precedence of jinja2. */
final class ExpressionParser {

  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> ENDS_A_TEST = Set.of("else", "or", "and");

  private final TokenCursor cursor;
  private final OperandParser operands;

  ExpressionParser(TokenCursor cursor) {
    this.cursor = cursor;
    this.operands = new OperandParser(cursor, this);
  }

  Expr expression() {
    cursor.enter();
    int line = cursor.line();
    Expr value = or();
    while (cursor.takesName("if")) {
      Expr condition = or();
      Expr otherwise = cursor.takesName("else") ? expression() : null;
      value = new Expr.Choice(line, condition, value, otherwise);
    }
    cursor.leave();
    return value;
  }

  /** One expression, or a tuple of several without brackets. */
  Expr expressions() {
    return list(true);
  }

  /** Without a choice: an {@code if} after what a loop runs over is the loop's own. */
  Expr plainExpressions() {
    return list(false);
  }

  List<Expr.Filter> filters() {
    List<Expr.Filter> filters = new ArrayList<>();
    do {
      filters.add(filter());
    } while (cursor.takesOperator("|"));
    return filters;
  }

  Expr.Actuals actuals() {
    cursor.operator("(");
    List<Expr> positional = new ArrayList<>();
    List<Expr.Named> named = new ArrayList<>();
    while (!cursor.takesOperator(")")) {
      if (cursor.atNamedArgument()) {
        String name = cursor.name();
        cursor.operator("=");
        named.add(new Expr.Named(name, expression()));
      } else if (named.isEmpty()) {
        positional.add(expression());
      } else {
        throw cursor.unexpected("a keyword argument or ')'");
      }
      if (!cursor.atOperator(")")) {
        cursor.operator(",");
      }
    }
    return new Expr.Actuals(List.copyOf(positional), List.copyOf(named));
  }

  Expr.Filter filter() {
    int line = cursor.line();
    String name = dottedName();
    return new Expr.Filter(line, name, cursor.atOperator("(") ? actuals() : Expr.Actuals.NONE);
  }

  Expr test(Expr input) {
    int line = cursor.line();
    boolean negated = cursor.takesName("not");
    String name = dottedName();
    Expr.Actuals actuals = Expr.Actuals.NONE;
    if (cursor.atOperator("(")) {
      actuals = actuals();
    } else if (beginsTestArgument()) {
      if (cursor.atName("is")) {
        throw cursor.unexpected("no second test");
      }
      actuals = new Expr.Actuals(List.of(operands.withPostfix(operands.primary())), List.of());
    }
    return new Expr.Tested(line, input, name, actuals, negated);
  }

  private boolean beginsTestArgument() {
    return switch (cursor.peek().kind()) {
      case STRING, INTEGER, FLOAT -> true;
      case NAME -> !ENDS_A_TEST.contains(cursor.peek().text());
      case OPERATOR -> cursor.atOperator("[") || cursor.atOperator("{");
      case DATA, OUTPUT_BEGIN, OUTPUT_END, TAG_BEGIN, TAG_END, END -> false;
    };
  }

  private String dottedName() {
    StringBuilder name = new StringBuilder(cursor.name());
    while (cursor.takesOperator(".")) {
      name.append('.').append(cursor.name());
    }
    return name.toString();
  }

  private Expr list(boolean choices) {
    int line = cursor.line();
    Expr first = choices ? expression() : or();
    if (!cursor.atOperator(",")) {
      return first;
    }
    List<Expr> elements = new ArrayList<>(List.of(first));
    while (cursor.takesOperator(",") && !endsList()) {
      elements.add(choices ? expression() : or());
    }
    return new Expr.Sequence(line, List.copyOf(elements), SequenceValue.Kind.TUPLE);
  }

  private boolean endsList() {
    return switch (cursor.peek().kind()) {
      case TAG_END, OUTPUT_END -> true;
      case OPERATOR -> cursor.atOperator(")");
      case DATA, OUTPUT_BEGIN, TAG_BEGIN, NAME, STRING, INTEGER, FLOAT, END -> false;
    };
  }

  private Expr or() {
    Expr left = and();
    for (int line = cursor.line(); cursor.takesName("or"); line = cursor.line()) {
      left = new Expr.Logic(line, false, left, and());
    }
    return left;
  }

  private Expr and() {
    Expr left = not();
    for (int line = cursor.line(); cursor.takesName("and"); line = cursor.line()) {
      left = new Expr.Logic(line, true, left, not());
    }
    return left;
  }

  private Expr not() {
    int line = cursor.line();
    if (!cursor.takesName("not")) {
      return comparison();
    }
    cursor.enter();
    Expr operand = not();
    cursor.leave();
    return new Expr.Unary(line, "not", operand);
  }

  private Expr comparison() {
    int line = cursor.line();
    Expr first = sum();
    List<Expr.Link> links = new ArrayList<>();
    for (String operator = comparator(); operator != null; operator = comparator()) {
      links.add(new Expr.Link(operator, sum()));
    }
    return links.isEmpty() ? first : new Expr.Comparison(line, first, List.copyOf(links));
  }

  private @Nullable String comparator() {
    if (cursor.at(Token.Kind.OPERATOR) && COMPARISONS.contains(cursor.peek().text())) {
      return cursor.next().text();
    }
    if (cursor.takesName("in")) {
      return "in";
    }
    return cursor.takesNames("not", "in") ? "not in" : null;
  }

  private Expr sum() {
    Expr left = concatenation();
    while (cursor.atOperator("+") || cursor.atOperator("-")) {
      Token operator = cursor.next();
      left = new Expr.Binary(operator.line(), operator.text(), left, concatenation());
    }
    return left;
  }

  private Expr concatenation() {
    Expr left = product();
    for (int line = cursor.line(); cursor.takesOperator("~"); line = cursor.line()) {
      left = new Expr.Binary(line, "~", left, product());
    }
    return left;
  }

  private Expr product() {
    Expr left = power();
    while (cursor.atOperator("*")
        || cursor.atOperator("/")
        || cursor.atOperator("//")
        || cursor.atOperator("%")) {
      Token operator = cursor.next();
      left = new Expr.Binary(operator.line(), operator.text(), left, power());
    }
    return left;
  }

  private Expr power() {
    Expr left = unary(true);
    for (int line = cursor.line(); cursor.takesOperator("**"); line = cursor.line()) {
      left = new Expr.Binary(line, "**", left, unary(true));
    }
    return left;
  }

  private Expr unary(boolean withFilters) {
    Expr operand;
    if (cursor.atOperator("-") || cursor.atOperator("+")) {
      Token sign = cursor.next();
      cursor.enter();
      operand = new Expr.Unary(sign.line(), sign.text(), unary(false));
      cursor.leave();
    } else {
      operand = operands.primary();
    }
    Expr postfixed = operands.withPostfix(operand);
    return withFilters ? operands.withFilters(postfixed) : postfixed;
  }
}
